import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ContentStore } from '@openledger/datanet'
import { fail, UnavailableError, writeExecutionOpening, zeroHash, type Deployment, type Hex, type Receipt } from '@openledger/protocol'
import { silentLog } from '../config/Log.ts'
import { Journal } from '../journal/Journal.ts'
import { JumpingClock } from '../test/JumpingClock.ts'
import type { AnswerOrder } from '../worker/AnswerOrder.ts'
import type { KeptReceipt } from '../worker/AnswerWorker.ts'
import { AttributionDelivery } from './AttributionDelivery.ts'
import { SignedReceipts } from './SignedReceipts.ts'

const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const at = (n: number): Hex => `0x${n.toString(16).padStart(40, '0')}`
const parties = { treasury: at(1), stakers: at(2), profile: { batchInvariant: true } }
const deployment: Deployment = { owner: at(3), adapterId: hash(30), inputPrice: 1n, outputPrice: 2n, nodePpm: 300_000, ownerPpm: 300_000, stakersPpm: 0, contributorsPpm: 400_000, methodHash: hash(31), tableHash: hash(32), nonce: 1n }
const statementOf = (nonce: bigint): Receipt => ({
  ...{ baseId: hash(1), adapterId: hash(30), snapshotsHash: hash(2), deploymentId: hash(3), node: at(4), gateway: at(5), channelId: hash(4), requestHash: hash(5), outputHash: hash(6), samplingHash: hash(7) },
  ...{ inputTokens: 2, outputTokens: 3, fee: 9n, profileHash: hash(8), fingerprintRoot: hash(9), attributionRoot: hash(10), shareRoot: hash(11), time: 1000n, nonce },
})
const kept = (nonce: bigint, isOpen = true): KeptReceipt => ({
  ...{ id: hash(100 + Number(nonce)), statement: statementOf(nonce), signature: '0x', answer: [5, 6, 7], deadline: isOpen ? 1060 : null },
  order: { promptTokens: [1, 2], salt: hash(12), sampling, clientNonce: hash(13), nodeCommitment: hash(14), deployment, adapterId: isOpen ? hash(30) : null, manifest: isOpen ? 'bafy' : null, platformFee: 4n } as unknown as AnswerOrder,
})
const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, maxTokens: 4, stop: [], seed: hash(15) }
const attribution = { statement: { receiptId: hash(101) }, signature: zeroHash, document: { kind: 'x' }, queryVector: 'bafyq' }

let folder: string
let journal: Journal
const open = async (): Promise<SignedReceipts> => {
  await journal?.close()
  journal = await Journal.open({ folder: path.join(folder, 'receipts'), now: () => 0 })
  return SignedReceipts.open(journal)
}
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'signed-receipts-'))))
afterEach(async () => {
  await journal.close()
  rmSync(folder, { recursive: true })
})

describe('what a node remembers of its receipts', () => {
  it('is there after a restart: no nonce comes twice, and what is open stays open', async () => {
    const receipts = await open()
    expect(receipts.nextNonce).toBe(1n)
    await receipts.keep(kept(1n), parties)
    await receipts.keep(kept(2n, false), parties)
    await receipts.keep(kept(3n), parties)
    await receipts.attribute(hash(101), attribution)
    await receipts.end(hash(103), 'late')
    const again = await open()
    expect(again.nextNonce).toBe(4n)
    expect(again.open).toEqual([{ receiptId: hash(101), deadline: 1060 }])
    // It was attributed already: made again it would be a second one.
    expect(again.pending(hash(101))).toBeUndefined()
    expect(again.attribution(hash(101))).toEqual(attribution)
    // What a court can ask for is found, also of what waits for nothing any more.
    const opening = writeExecutionOpening({ salt: hash(12), promptTokens: [1, 2], answerTokens: [5, 6, 7], sampling, profile: parties.profile, clientNonce: hash(13), nodeCommitment: hash(14) })
    expect(await again.find(hash(101))).toEqual({ statement: statementOf(1n), opening, attribution })
    expect(await again.find(hash(103))).toEqual({ statement: statementOf(3n), opening, attribution: null })
    expect(await again.find(hash(199))).toBeUndefined()
    await again.keep(kept(4n), parties)
    const { statement, deployment: terms, platformFee, treasury, promptTokens, answer } = again.pending(hash(104))!
    expect({ promptTokens, answer }).toEqual({ promptTokens: [1, 2], answer: [5, 6, 7] })
    expect({ statement, terms, platformFee, treasury }).toEqual({ statement: statementOf(4n), terms: deployment, platformFee: 4n, treasury: parties.treasury })
  })
})

describe('the delivery of attributions', () => {
  async function deliver(replies: (() => { recorded: boolean })[]): Promise<{ tries: number; receipts: SignedReceipts; clock: JumpingClock }> {
    const receipts = await open()
    await receipts.keep(kept(1n), parties)
    await receipts.attribute(hash(101), attribution)
    const clock = new JumpingClock()
    clock.time = 1_000_000
    let tries = 0
    const client = { sendAttribution: () => Promise.resolve().then(() => replies[Math.min(tries++, replies.length - 1)]!()) }
    const delivery = new AttributionDelivery({ receipts, client, content: { get: () => Promise.resolve(Uint8Array.of(1)) } as unknown as ContentStore, clock, log: silentLog })
    for (const job of receipts.open) delivery.add(job)
    delivery.start()
    // What is written to the disk takes its own time.
    const isDone = (): boolean => delivery.size === 0 && receipts.open.length === 0
    for (let i = 0; i < 50 && !isDone(); i++) await clock.until(isDone).catch(() => undefined)
    await delivery.close()
    return { tries, receipts, clock }
  }
  const away = (): never => {
    throw new UnavailableError('NODE_AWAY', 'away', { action: 'retry' })
  }

  it('goes on until the gateway has it', async () => {
    const { tries, receipts } = await deliver([away, away, away, () => ({ recorded: true })])
    expect(tries).toBe(4)
    expect(receipts.attribution(hash(101))).toBeUndefined()
  })

  it('ends when the gateway refuses it, and after the deadline', async () => {
    expect((await deliver([() => fail('ATTRIBUTION_DIFFERS', 'no', { action: 'stop' })])).tries).toBe(1)
    await journal.close()
    rmSync(path.join(folder, 'receipts'), { recursive: true })
    const { tries, clock } = await deliver([away])
    expect(tries).toBeGreaterThan(5)
    expect(clock.now()).toBeGreaterThan(1_085_000)
    expect(clock.now()).toBeLessThan(1_130_000)
  })
})
