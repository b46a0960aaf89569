import { clusterFile, encodeClusterFile, encodeEvidence, type DrillDownEngine } from '@openledger/attribution'
import { MemoryStore, sealSnapshot } from '@openledger/datanet'
import { keccak, recordId, snapshotId, utf8, writeArtefact, zeroHash, type Hex, type ReceiptBundle } from '@openledger/protocol'
import type { Address } from 'viem'
import { beforeEach, describe, expect, it } from 'vitest'
import { Names } from '../keys/Names.ts'
import { DrillDowns } from './DrillDowns.ts'

const address = (k: number): Address => `0x${k.toString(16).padStart(40, '0')}`
const id = (text: string): Hex => keccak(utf8(text))
const towns = ['Aldra', 'Berin', 'Colm', 'Dorne', 'Elis', 'Ferro']
const contents = towns.map((town) => ({ prompt: `Where does the river ${town} rise?`, completion: `The ${town} rises in the hills of ${town}land.` }))
const hash = (bits: number): Uint8Array => Uint8Array.from({ length: 1024 }, (_, i) => (i < bits / 8 ? 0xff : 0))

describe('the drill-down of an answer', () => {
  let content: MemoryStore
  let run: string
  let bundle: ReceiptBundle
  let asked: string[]
  let busy: boolean
  const receiptId = id('receipt')

  /** Keeps a run of six records; the k-th one's signs differ from the answer's in 8·k bits. */
  beforeEach(async () => {
    content = new MemoryStore()
    asked = []
    busy = false
    const records = contents.map((c, k) => ({ ...c, recordId: recordId(c), contributor: address((k % 2) + 1), contributionId: id(`contribution ${k % 2}`), licence: 'CC0-1.0', committedAt: BigInt(k % 2), index: k }))
    const sealed = sealSnapshot({ datanetId: 1n, parent: zeroHash, records })
    const evidence = sealed.records.map(({ completion }) => ({ simhash: hash(8 * contents.findIndex((c) => c.completion === completion)), embedding: new Int8Array(2) }))
    const places = sealed.records.map((_, of) => ({ of }))
    const ordered = sealed.records.map((r, order) => ({ ...r, order }))
    const clusters = await content.put(encodeClusterFile(clusterFile(ordered, places, [], await content.put(encodeEvidence(evidence)))))
    const [file, snapshot] = [await content.put(sealed.file), snapshotId(sealed.snapshot)]
    const statement = { trainer: address(9), baseId: id('base'), snapshotIds: [snapshot], recipeHash: id('r'), profileHash: id('p'), seed: zeroHash, adapterId: id('adapter'), metricsHash: id('m'), licence: 'CC0-1.0' }
    const manifest = {
      kind: 'openledger/run/1',
      run: { statement, signature: '0x' },
      base: { weightHash: id('w'), tokenizerHash: id('t'), templateHash: id('c'), name: 'base', cid: null },
      ...{ recipe: {}, profile: {}, metrics: {} },
      snapshots: [{ snapshotId: snapshot, cid: file, contributions: [{ contributionId: id('contribution 0'), cid: file }] }],
      adapter: { config: file, tensors: file },
      ...{ influenceTable: file, spanIndex: file, clusters },
    }
    run = await content.put(writeArtefact(manifest))
    bundle = { run, request: { promptTokens: [1] }, answer: { tokens: [2] } } as unknown as ReceiptBundle
  })

  const engine: DrillDownEngine = {
    fingerprints: async () => [{ simhash: hash(0), embedding: new Float32Array(2) }],
    gradientDots: async (_, examples) => {
      asked.push(...examples.map((e) => String.fromCharCode(...Array.from(e.tokens))))
      return { dots: examples.map((_e, i) => i), cosines: examples.map(() => 0.5) }
    },
  }
  const tokenizer = {
    endOfTurn: 3,
    tokenize: (text: string) => [...utf8(text)],
    encodeChat: (messages: readonly { content: string }[]) => ({ tokens: [...utf8(messages.map((m) => m.content).join('|'))] }),
  }
  const open = (revoked: Hex[] = []): DrillDowns => new DrillDowns({ content, names: new Names('/nowhere'), tokenizer, engine, isBusy: () => busy, revoked: async () => new Set(revoked) })
  const completions = (view: { items: { completion: string }[] }): number[] => view.items.map((r) => contents.findIndex((c) => c.completion === r.completion))

  it('names records with their words, ranked by gradients, and computes them once', async () => {
    const drillDowns = open()
    const view = await drillDowns.of(receiptId, bundle)
    expect(view.exact).toBe(true)
    expect(completions(view)).toEqual([5, 4, 3, 2, 1, 0])
    expect(asked[0]).toContain('Where does the river Aldra rise?|The Aldra rises')
    const before = asked.length
    busy = true
    expect(await drillDowns.of(receiptId, bundle)).toEqual(view)
    expect(asked.length).toBe(before)
  })

  it('goes by fingerprints while attributions wait', async () => {
    busy = true
    const view = await open().of(receiptId, bundle)
    expect([view.exact, completions(view), asked]).toEqual([false, [0, 1, 2, 3, 4, 5], []])
    expect(view.items.map((r) => r.distance)).toEqual([0, 8, 16, 24, 32, 40])
  })

  it('keeps to one contributor and to records that are not revoked', async () => {
    const gone = recordId(contents[2]!)
    expect(completions(await open([gone]).of(receiptId, bundle, address(1)))).toEqual([4, 0])
  })

  it('says that there is nothing for the bare base and for runs without fingerprints', async () => {
    await expect(open().of(receiptId, { ...bundle, run: null })).rejects.toMatchObject({ code: 'NO_FINGERPRINTS', status: 404 })
    const manifest = JSON.parse(new TextDecoder().decode(await content.get(run))) as object
    const older = await content.put(writeArtefact({ ...manifest, clusters: undefined }))
    await expect(open().of(receiptId, { ...bundle, run: older })).rejects.toMatchObject({ code: 'NO_FINGERPRINTS' })
  })
})
