import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { judgeExecution, type ExecutionFinding } from '@openledger/audit'
import { MemoryStore } from '@openledger/datanet'
import { makeAdapter, ModelTokenizer, writePeftFolder, type Adapter, type AdapterBase } from '@openledger/engine'
import { writeTinyModel } from '@openledger/engine/fixtures'
import { auditsToFind, hashJson, keccak, measuredDetection, parseOpen, signStatement, statementDigest, statementDomain, utf8, type ExecutionOpening, type Hex, type Receipt } from '@openledger/protocol'
import { challengeReceipt, openExecution, readExecutionCase, readStake, type LedgerWriter } from '@openledger/sdk'
import { type LocalAccount } from 'viem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { honest, lies, type Lie } from '../bench/sensitivity/lies.ts'
import { makeClaim, type Claim } from '../bench/sensitivity/measure/makeClaim.ts'
import { NodeEngines } from '../bench/sensitivity/measure/NodeEngines.ts'
import { halveRank, scaleAlpha } from '../bench/sensitivity/world/changedAdapters.ts'
import type { SensitivityWorld } from '../bench/sensitivity/world/openSensitivityWorld.ts'
import { anvilPath, newKey, openAuditLedger, packageFile, receiptOfClaim, settleClaims, type AuditLedger } from '../testing/openAuditLedger.ts'
import { anchorReceipt } from './anchorReceipt.ts'
import { AuditorWatch } from './AuditorWatch.ts'

const disputeWindow = 6_000
const stage = disputeWindow / 3
const maxTokens = 24
/** What the bond rule counts on across instruction sets: within so many audits nineteen of twenty liars are found. Within the profile one audit does. */
const audits = auditsToFind({ detectionPpm: measuredDetection.otherProfilePpm })
const auditsInProfile = auditsToFind({ detectionPpm: measuredDetection.sameProfilePpm })

/** A node of the network, what it lies about, and the CPU build that it computes with. */
type Node = { lie: Lie; key: LocalAccount; build: string; answers: number }
type Answer = { node: Node; id: Hex; receipt: Receipt; opening: ExecutionOpening; signature: Hex }

/** A weight file of random weights in several encodings, and adapters of random factors: the lies are those of the bench, told with a smaller model. */
async function tinyWorld(folder: string): Promise<SensitivityWorld> {
  const bases: SensitivityWorld['bases'] = { declared: path.join(folder, 'declared.gguf'), Q5_1: path.join(folder, 'Q5_1.gguf'), Q4_0: path.join(folder, 'Q4_0.gguf') }
  writeTinyModel(bases.declared, { type: 'Q8_0' })
  writeTinyModel(bases.Q5_1, { type: 'Q5_1' })
  writeTinyModel(bases.Q4_0, { type: 'Q4_0' })
  const { randomAdapter } = (await import(packageFile('engine/src/fixtures/randomAdapter.ts'))) as { randomAdapter(base: AdapterBase, options: { seed: number }): Adapter }
  const adapters: SensitivityWorld['adapters'] = { declared: {}, Q5_1: {}, Q4_0: {} }
  for (const [name, base] of Object.entries(bases) as [keyof typeof bases, string][]) {
    const opened = await ModelTokenizer.open(base)
    const right = randomAdapter(opened, { seed: 1 })
    const made = { right, ...(name === 'declared' && { other: randomAdapter(opened, { seed: 2 }), 'alpha 0.8': scaleAlpha(right, 0.8, opened), 'alpha 0.9': scaleAlpha(right, 0.9, opened), 'alpha 0.95': scaleAlpha(right, 0.95, opened), 'half rank': halveRank(right, opened) }) }
    for (const [choice, adapter] of Object.entries(made)) {
      const place = path.join(folder, `${name} ${choice}`)
      writePeftFolder(place, makeAdapter(adapter.config, adapter.layers, opened), opened)
      adapters[name][choice as keyof typeof made] = place
    }
    opened.dispose()
  }
  const records = ['the river', 'the old mill', 'the red house', 'the miller'].map((what) => ({ contributor: 'a', prompt: `who lives in ${what}?`, completion: `nobody lives in ${what}` }))
  return { records, bases, adapters, folder }
}

/** Each row of the table of lies as a node that is bonded in earnest; auditors execute what is challenged, contracts judge. */
describe.skipIf(anvilPath() === null || process.arch !== 'x64')('nodes that lie', () => {
  let folder: string
  let ledger: AuditLedger
  let gateway: LedgerWriter
  let accuser: LedgerWriter
  const gatewayKey = newKey()
  const content = new MemoryStore()
  const engines: Record<string, NodeEngines> = {}
  const found: Answer[] = []
  const findings = new Map<Hex, Promise<ExecutionFinding>>()
  const named = (name: string): Lie => lies.find((lie) => lie.name === name)!
  // What grinds seeds computes rightly: what stops it is the commitment that a client holds (see checkReceipt).
  const inProfile = lies.filter(({ twist }) => twist !== 'chosen seed').map((lie): Node => ({ lie, key: newKey(), build: 'haswell', answers: auditsInProfile }))
  const across = [honest, named('alpha × 0.95'), named('tokens of the bare base, right prefill')].map((lie): Node => ({ lie, key: newKey(), build: 'sse42', answers: audits }))
  const nodes: Node[] = [{ lie: honest, key: newKey(), build: 'haswell', answers: 1 }, ...inProfile, ...across]

  const travel = (seconds: number): Promise<void> => ledger.travel(seconds)

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'openledger-liars-'))
    const world = await tinyWorld(folder)
    for (const build of ['haswell', 'sse42']) engines[build] = new NodeEngines(world, build, 1)
    ledger = await openAuditLedger({ disputeWindow, gatewayKey, nodeKeys: nodes.map(({ key }) => key) })
    ;({ gateway, accuser } = ledger)
    const domain = statementDomain(ledger.operator.addresses.chainId, ledger.operator.addresses.epochs)
    for (const node of nodes) {
      for (let number = 0; found.filter((answer) => answer.node === node).length < node.answers; number++) {
        const claim = await makeClaim(world, engines[node.build]!, node.lie, { number, question: number }, { maxTokens, fingerprints: false })
        // An answer that comes out as the right one, or empty, is no lie.
        if (claim === null || (node.lie !== honest && (await comesOutTrue(claim, node)))) continue
        const { receipt, opening } = await receiptOf(claim, node, number)
        found.push({ node, receipt, opening, id: statementDigest(domain, 'Receipt', receipt), signature: await signStatement(node.key, domain, 'Receipt', receipt) })
      }
    }
  }, 400_000)
  afterAll(async () => {
    await Promise.all(Object.values(engines).map((opened) => opened.close()))
    await ledger?.stop()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  async function comesOutTrue({ promptTokens, sampling, tokens, logitsHashes }: Claim, { build }: Node): Promise<boolean> {
    const { host, idOf } = await engines[build]!.over('declared')
    const again = await host.generate({ adapterId: idOf('right'), promptTokens, sampling, logprobs: false, logitsHashes: true })
    return again.tokens.join() === tokens.join() && again.logitsHashes.join() === logitsHashes.join()
  }

  /** What a node signs: it names the right base and adapter, whatever it computed with. */
  async function receiptOf(claim: Claim, { key, build }: Node, number: number): Promise<{ receipt: Receipt; opening: ExecutionOpening }> {
    const { info, idOf } = await engines[build]!.over('declared')
    return receiptOfClaim({ ...claim, baseId: info.id, adapterId: idOf('right')!, profile: info.profile as never, node: key.address, gateway: gatewayKey.address, nonce: BigInt(number) })
  }

  it('are slashed within the audits that the bond rule counts on, and the honest ones are not', async () => {
    await settleClaims(ledger, content, found)
    for (const { id, receipt, opening } of found) {
      await challengeReceipt(accuser, await anchorReceipt(accuser, content, id))
      await openExecution(gateway, receipt, opening)
    }
    const watches = ledger.auditors.map(
      ({ writer, account }) =>
        new AuditorWatch({
          writer,
          sample: false,
          salt: async (words) => keccak(utf8(await account.signMessage({ message: words }))),
          // All three compute with one machine: what they find is the same, so it is computed once.
          judge: (receipt, opening) => {
            const key = hashJson([receipt.outputHash, receipt.requestHash, receipt.node])
            findings.set(key, findings.get(key) ?? engines.haswell!.over('declared').then((engine) => judgeExecution(receipt, opening, engine)))
            return findings.get(key)!
          },
          epochFile: async () => undefined,
          say: () => undefined,
        }),
    )
    for (const seconds of [1, stage, 2 * stage + 5, 1]) {
      await travel(seconds)
      for (const watch of watches) await watch.look()
    }
    const verdicts = new Map<Node, string[]>()
    for (const { node, id } of found) verdicts.set(node, [...(verdicts.get(node) ?? []), (await readExecutionCase(accuser, id))!.verdict])
    for (const node of nodes) {
      const { bonded } = await readStake(accuser, node.key.address, 'node')
      const what = `${node.lie.name} on ${node.build}: ${verdicts.get(node)!.join(', ')}`
      expect(verdicts.get(node), what).toHaveLength(node.answers)
      if (node.lie === honest) {
        expect(verdicts.get(node), what).not.toContain('wrong')
        expect(bonded, what).toBe(parseOpen('100'))
      } else {
        expect(verdicts.get(node), what).toContain('wrong')
        expect(bonded, what).toBeLessThanOrEqual(parseOpen('50'))
      }
    }
  }, 400_000)
})
