import { rm } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Hex } from '@openledger/protocol'
import { readStake } from '@openledger/sdk'
import { openSession } from '../../context/Session.ts'
import { Output } from '../../output/Output.ts'
import { smallSample, testUp } from '../../testing/smallSample.ts'
import { samplePlan } from '../../up/samplePlan.ts'
import { up } from '../../up/up.ts'
import { audit } from '../../verbs/audit.ts'
import { askWhile } from './askWhile.ts'
import { bundleOf } from './bundleOf.ts'
import { LocalNetwork } from './LocalNetwork.ts'
import type { NodeProcess } from './NodeProcess.ts'

const output = new Output({ stdout: () => undefined, stderr: () => undefined, isTerminal: false }, true)
const minutes = 60_000
const base = 'openledger-tiny'
const tuned = `${base}:${samplePlan.model}`
const plain = { question: samplePlan.questions[0], maxTokens: 24, temperature: 0 }

describe('four nodes in processes of their own', () => {
  let data: string
  let network: LocalNetwork
  let alone: string

  beforeAll(async () => {
    let sampleFile: string
    ;({ data, sampleFile } = await smallSample(4))
    const first = await up({ ...testUp, data, sampleFile }, output)
    alone = (await askWhile(await openSession({ data, json: true }, output), { model: tuned, ...plain })).text
    await first.stop()
    network = await LocalNetwork.start({ ...testUp, data, sampleFile, nodes: 4, flags: ['--threads', '1', '--slots', '4'] })
  }, 10 * minutes)

  afterAll(async () => {
    await network?.stop()
    await rm(path.dirname(data), { recursive: true, force: true })
  }, minutes)

  const addresses = (): string[] => network.nodes.map(({ address }) => address.toLowerCase())
  const audited = async (id: Hex) => (await audit(network.session, { subject: ['receipt', id], threads: 1 })).falseClaim

  it('are bonded, have shown that they have the base, and are listed', async () => {
    const standings = await network.session.node.nodes()
    expect(standings.map(({ node }) => node.toLowerCase()).sort()).toEqual(addresses().sort())
    for (const { url, stake, provenAt } of standings) expect({ local: url?.startsWith('http://127.0.0.1:'), bonded: BigInt(stake!) > 0n, proven: provenAt !== null }).toEqual({ local: true, bonded: true, proven: true })
    expect((await readStake(network.session.reader, network.nodes[0]!.address, 'node')).bonded).toBe(BigInt(standings[0]!.stake!))
  })

  it('answer with the same words as one process alone, sign the receipts, and attribute them', async () => {
    const answer = await askWhile(network.session, { model: tuned, ...plain, attributionMs: minutes })
    expect(answer.text).toBe(alone)
    const { receipt, completion } = await bundleOf(network.session, answer.receiptId)
    expect(addresses()).toContain(receipt.statement.node.toLowerCase())
    expect(completion).toBeDefined()
    expect(await audited(answer.receiptId)).toBeUndefined()
  }, 3 * minutes)

  it.each([
    ['the base', base],
    ['an adapter', tuned],
  ])('go on with an answer of %s whose node was killed, token for token', async (_, model) => {
    for (let attempt = 0; ; attempt++) {
      let answering: NodeProcess | undefined
      let victim: NodeProcess | undefined
      const answer = await askWhile(network.session, {
        ...{ model, question: `Tell me a long story about the mill, number ${attempt}.`, maxTokens: 200, temperature: 1, attributionMs: minutes },
        disturb: (pieces) => {
          if (pieces === 1) void network.busy().then(([node]) => (answering = node))
          if (pieces <= 8 || !answering) return false
          answering.signal('SIGKILL')
          victim = answering
          return true
        },
      })
      await victim?.end()
      const killed = victim?.address
      const { receipt } = await bundleOf(network.session, answer.receiptId)
      if (killed !== undefined) await network.admit(network.nodes.find(({ address }) => address === killed)!)
      // The answer may have been over before.
      if (killed === undefined || receipt.statement.node.toLowerCase() === killed.toLowerCase()) {
        expect(attempt).toBeLessThan(8)
        continue
      }
      // The audit computes the whole answer again from prompt and seed: every token and the hash of every row of logits.
      expect(await audited(answer.receiptId)).toBeUndefined()
      return
    }
  }, 6 * minutes)

  it('are paid by an epoch that holds', async () => {
    await network.session.node.settle()
    const last = (await network.session.node.epochs()).reduce((newest, epoch) => Math.max(newest, epoch.index), 0)
    expect((await audit(network.session, { subject: ['epoch', String(last)] })).falseClaim).toBeUndefined()
  }, 2 * minutes)
})
