import { encodeShardList, publishSpanIndex, readShardList, SpanFinder, type SpanRecord } from '@openledger/attribution'
import { MemoryStore } from '@openledger/datanet'
import { digestOfCid, type Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import { describe, expect, it } from 'vitest'
import type { AuditedRun } from './AuditedRun.ts'
import { indexOf } from './AttributionEvidence.ts'

const contributors: Address[] = [1, 2].map((k): Address => `0x${k.toString(16).padStart(40, '0')}`)
const spanRecords = Array.from({ length: 12 }, (_, k): SpanRecord => ({
  recordId: `0x${k.toString(16).padStart(64, '0')}`,
  contributor: k % 2,
  commitOrder: k,
  prompt: [k],
  completion: Array.from({ length: 20 }, (_, d) => 100 + (((k % 5) * 31 + d * 7) % 400)),
}))
const answer = spanRecords[2]!.completion
const runOf = (spanIndex: string): AuditedRun => ({ manifest: { spanIndex }, corpus: { spanRecords, contributors } }) as unknown as AuditedRun

describe('indexOf', () => {
  it('gives the published index again, whole or divided, and the same spans either way', async () => {
    const store = new MemoryStore()
    const hashes: Hex[] = []
    for (const shardSymbols of [undefined, 60, 100]) {
      const cid = await publishSpanIndex(spanRecords, contributors, store, { shardSymbols })
      const index = await indexOf(runOf(cid), store)
      hashes.push(digestOfCid(cid))
      expect(index.hash).toBe(digestOfCid(cid))
      expect(new SpanFinder(index).find(answer)).toEqual(new SpanFinder(await indexOf(runOf(cid), store)).find(answer))
      expect(new SpanFinder(index).find(answer)).toMatchObject([{ start: 0, length: 20, records: 2, contributors: 2, source: { recordId: spanRecords[2]!.recordId } }])
    }
    expect(new Set(hashes).size).toBe(3)
  })

  it('gives another hash for a list that names shards of other records', async () => {
    const store = new MemoryStore()
    const changed = spanRecords.map((r, k) => (k === 4 ? { ...r, completion: [...Array.from(r.completion).slice(1), 9] } : r))
    const cid = await publishSpanIndex(changed, contributors, store, { shardSymbols: 100 })
    expect((await indexOf(runOf(cid), store)).hash).not.toBe(digestOfCid(cid))
  })

  it('refuses a list that leaves records out', async () => {
    const store = new MemoryStore()
    const cid = await publishSpanIndex(spanRecords, contributors, store, { shardSymbols: 100 })
    const shards = readShardList(await store.get(cid))!.shards.slice(1)
    await expect(indexOf(runOf(await store.put(encodeShardList(shards))), store)).rejects.toThrow(/do not hold the run's 12 records/)
  })
})
