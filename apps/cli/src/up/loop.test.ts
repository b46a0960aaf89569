import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEpoch, auditReceipt, viemChainView, type AuditReport, type ChainView } from '@openledger/audit'
import { digestOfCid, epochFileSchema, readArtefact, receiptBundleSchema, runManifestSchema, writeArtefact, type ReceiptBundle, type RunManifest } from '@openledger/protocol'
import { readEpoch } from '@openledger/sdk'
import { tinyModelPath } from '@openledger/tiny'
import { openSession, type Session } from '../context/Session.ts'
import { Output } from '../output/Output.ts'
import { smallSample, testUp } from '../testing/smallSample.ts'
import { audit } from '../verbs/audit.ts'
import { revoke } from '../verbs/revoke.ts'
import { up, type Up } from './up.ts'

const output = new Output({ stdout: () => undefined, stderr: () => undefined, isTerminal: false }, true)
const minutes = 60_000

describe('the loop on one machine', () => {
  let running: Up
  let session: Session
  let data: string
  let sampleFile: string
  let receiptFile: string
  let bundle: ReceiptBundle
  let manifest: RunManifest
  let epochCid: string

  beforeAll(async () => {
    ;({ data, sampleFile } = await smallSample(6))
    running = await up({ ...testUp, data, sampleFile }, output)
    session = await openSession({ data, json: true }, output)
    const receipts = (await readdir(path.join(data, 'receipts'))).filter((name) => name.endsWith('.json'))
    receiptFile = path.join(data, 'receipts', receipts.sort()[0]!)
    bundle = readArtefact(receiptBundleSchema, await readFile(receiptFile))
    manifest = readArtefact(runManifestSchema, await session.content.get(bundle.run!))
    epochCid = (await session.node.epochs())[0]!.cid
  }, 10 * minutes)

  afterAll(async () => {
    await running?.stop()
    await rm(path.dirname(data), { recursive: true, force: true })
  })

  it('ends with an audit that holds and contributors who were paid on the chain', () => {
    expect(running.verdict).toBe('audit: OK')
    expect(running.earned.map((e) => e.name)).toEqual(['ada', 'ben', 'chidi', 'dara'])
    expect(running.earned.every((e) => e.claimed > 0n)).toBe(true)
  })

  it('leads from an answer to its lines, its epoch and the claims that paid it', async () => {
    const [receipt] = (await session.node.receipts(null)).items
    const payments = await session.node.payments(receipt!.receiptId)
    expect(payments.epoch).toMatchObject({ index: 0, final: true })
    const sum = payments.lines.reduce((total, line) => total + BigInt(line.amount), 0n)
    expect(sum).toBe(BigInt(receipt!.fee))
    expect(payments.lines.filter((line) => line.claim !== null).map((line) => line.name).sort()).toEqual(['ada', 'ben', 'chidi', 'dara'])
  })

  it('repeats nothing on a second start, and is back within ten seconds on a quiet machine', async () => {
    const before = await session.node.status()
    await running.stop()
    running = await up({ ...testUp, data, sampleFile }, output)
    expect(running.times.map((t) => t.stage)).toEqual(['start', 'node'])
    expect((await session.node.status()).counts).toEqual(before.counts)
    expect(running.verdict).toBe('audit: OK')
  }, 2 * minutes)

  it('refuses a second start on the same folder while the first runs', async () => {
    await expect(up({ ...testUp, data, sampleFile }, output)).rejects.toMatchObject({ code: 'DATA_FOLDER_LOCKED' })
  })

  /** A copy of the folder's public files with one of them changed; the chain stays the same. */
  async function audited(subject: string, change: (folder: string) => Promise<void>) {
    const folder = await mkdtemp(path.join(tmpdir(), 'openledger-tamper-'))
    try {
      for (const name of ['content', 'receipts', 'network.json']) await cp(path.join(data, name), path.join(folder, name), { recursive: true })
      await change(folder)
      const copy = await openSession({ data: folder, json: true, url: 'http://127.0.0.1:9' }, output)
      return await audit(copy, { subject: subject.replace(data, folder) })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  const contentFile = async (folder: string, cid: string): Promise<string> => {
    const names = await readdir(path.join(folder, 'content'), { recursive: true })
    const name = names.find((n) => n.includes(cid) || n.includes(digestOfCid(cid).slice(4)))
    return path.join(folder, 'content', name!)
  }
  const flipByte = async (file: string, at: number): Promise<void> => {
    const bytes = await readFile(file)
    bytes[at < 0 ? bytes.length + at : at]! ^= 1
    await writeFile(file, bytes)
  }
  const editBundle = (edit: (b: ReceiptBundle) => void) => async (folder: string) => {
    const copy = structuredClone(bundle)
    edit(copy)
    await writeFile(receiptFile.replace(data, folder), writeArtefact(copy))
  }

  it('audits from files and the chain alone, without the node', async () => {
    const report = await audited(receiptFile, async () => undefined)
    expect(report.falseClaim).toBeUndefined()
    expect(report.checks.filter((c) => c.status === 'ok').length).toBeGreaterThanOrEqual(15)
  }, 3 * minutes)

  it.each<[string, (b: ReceiptBundle) => void, RegExp]>([
    ['the served text', (b) => void (b.answer.text = `${b.answer.text}!`), /^answer: served text/],
    ['a token of the answer', (b) => void (b.answer.tokens[0]! ^= 1), /^openings: output hash/],
    ['the question', (b) => void ((b.request.messages as { content: string }[])[0]!.content += '?'), /^prompt: prompt tokens/],
    ['the fee', (b) => void (b.receipt.statement.fee += 1n), /^receipt: the Receipt is signed by/],
    ['the signature', (b) => void (b.receipt.signature = b.receipt.signature.replace(/.{4}$/, '1b1b') as `0x${string}`), /^receipt: .*(signature|signed)/],
    ['the seed', (b) => void (b.request.nodeSecret = `0x${'1'.repeat(64)}`), /^openings: seed/],
    ['a share of the payment', (b) => void (b.shares[0]!.amount += 1n), /^split: shares/],
    ['an influence share', (b) => void (b.contributors[0]!.sharePpm += 1), /^split: shares|^attribution: shares of the split/],
    ['a score', (b) => void ((b.attribution as { scores: { values: string[] } }).scores.values[0] += '1'), /^attribution: attribution root/],
    ['a price', (b) => void (b.deployment.statement.outputPrice += 1n), /^deployment and fee: deployment id/],
  ])('finds and names a change of %s', async (_, edit, message) => {
    const report = await audited(receiptFile, editBundle(edit))
    expect(report.ok).toBe(false)
    expect(report.falseClaim).toMatch(message)
  }, 3 * minutes)

  it.each<[string, () => string, number]>([
    ['a record of the snapshot', () => manifest.snapshots[0]!.cid, -20],
    ['a contribution', () => manifest.snapshots[0]!.contributions[0]!.cid, -20],
    ['the adapter', () => manifest.adapter.tensors, -5],
    ['the adapter’s configuration', () => manifest.adapter.config, 30],
    ['the influence table', () => manifest.influenceTable, -5],
    ['the cluster file', () => manifest.clusters!, -20],
    ['the run manifest', () => bundle.run!, 40],
  ])('finds and names one changed byte of %s', async (_, cid, at) => {
    const report = await audited(receiptFile, async (folder) => flipByte(await contentFile(folder, cid()), at))
    expect(report.ok).toBe(false)
    expect(report.falseClaim).toContain(cid())
  }, 3 * minutes)

  it('finds and names one changed byte of the epoch', async () => {
    const report = await audited('epoch 0', async (folder) => flipByte(await contentFile(folder, epochCid), -30))
    expect(report.ok).toBe(false)
    expect(report.falseClaim).toContain(epochCid)
  }, 2 * minutes)

  it('finds a changed line of the epoch even when its file is renamed to match', async () => {
    const epoch = readArtefact(epochFileSchema, await session.content.get(epochCid))
    epoch.lines[1]!.amount += 1n
    const file = path.join(data, 'forged-epoch.json')
    await writeFile(file, writeArtefact(epoch))
    const report = await audit(session, { subject: file })
    expect(report.falseClaim).toMatch(/hash of the epoch file/)
    expect((await readEpoch(session.reader, epoch.gateway, 0n))?.final).toBe(true)
  }, 2 * minutes)

  /** The answer and its epoch audited on a chain that tells one thing otherwise. */
  async function auditedOn(change: (chain: ChainView) => Partial<ChainView>): Promise<{ answer: AuditReport; epoch: AuditReport }> {
    const { network, content } = session
    const honest = viemChainView(network)
    const chain = { ...honest, ...change(honest) }
    const epochFile = await content.get(epochCid)
    return {
      answer: await auditReceipt({ bundle: writeArtefact(bundle), content, chain, network, source: { content, modelPath: tinyModelPath(), threads: 1 }, epochFile }),
      epoch: await auditEpoch({ file: epochFile, chain }),
    }
  }

  it.each<[string, (chain: ChainView) => Partial<ChainView>, RegExp, RegExp | undefined]>([
    ['nothing', () => ({}), /^$/, undefined],
    ['an adapter that was frozen before it answered', () => ({ freezeAt: async () => bundle.receipt.statement.time - 3600n }), /^right to sell: the answer was given at .* frozen from/, /^rights to sell: receipt 0x.* was given at/],
    ['answers that were sold although nobody had allowed it', (chain) => ({ adapter: async (id) => ({ ...(await chain.adapter(id))!, isPaidUseAllowed: false }) }), /^right to sell: the answer was sold by deployment 0x/, /^rights to sell: receipt 0x.* was sold/],
    ['terms that did not allow the sale', (chain) => ({ rights: async (...asked) => ({ ...(await chain.rights(...asked))!, consent: 2 }) }), /^rights: datanet 1 did not allow the sale/, undefined],
    ['terms that did not allow the trainer', (chain) => ({ rights: async (...asked) => ({ ...(await chain.rights(...asked))!, isOpen: false, isListed: false }) }), /^rights: datanet 1 did not allow 0x.* to train/, undefined],
    ['terms without the adapter’s licence', (chain) => ({ rights: async (...asked) => ({ ...(await chain.rights(...asked))!, licences: ['MIT'] }) }), /^rights: datanet 1 did not allow adapters under Apache-2.0/, undefined],
    ['a record that was revoked before the adapter was registered', (chain) => ({ revokedAt: async () => (await chain.adapter(bundle.receipt.statement.adapterId))!.registeredAt - 1n }), /^records: record 0x.* was revoked by 0x.* before the adapter was registered/, undefined],
  ])('finds and names %s', async (_, change, answers, epochs) => {
    const { answer, epoch } = await auditedOn(change)
    expect(answer.falseClaim ?? '').toMatch(answers)
    expect(epoch.falseClaim ?? '').toMatch(epochs ?? /^$/)
  }, 3 * minutes)

  it('still holds after a contributor took a record back, which is said', async () => {
    const file = Buffer.from(await session.content.get(manifest.snapshots[0]!.cid)).toString()
    const names = new Map(await Promise.all(['ada', 'ben', 'chidi', 'dara'].map(async (name) => [(await session.keys.address(name)).toLowerCase(), name] as const)))
    const records = file.trim().split('\n').slice(1).map((line) => JSON.parse(line) as { recordId: `0x${string}`; contributor: string; weight: number })
    const { recordId, contributor } = records.find(({ weight }) => weight > 0)!
    await revoke(session, { datanetId: 1n, recordId, contributor: names.get(contributor)! })
    const report = await audit(session, { subject: receiptFile })
    expect(report.falseClaim).toBeUndefined()
    expect(report.checks.find(({ name }) => name === 'records')?.detail).toContain('; 1 were revoked since')
    expect(report.checks.find(({ name }) => name === 'right to sell')?.detail).toContain('accepted before the adapter was frozen at')
  }, 3 * minutes)
})
