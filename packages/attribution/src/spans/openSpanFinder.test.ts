import { cidOf, type Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import { beforeEach, describe, expect, it } from 'vitest'
import { openSpanFinder, readSpanShards, withRevokedRecords } from './openSpanFinder.ts'
import { planShards } from './planShards.ts'
import { publishSpanIndex } from './publishSpanIndex.ts'
import { encodeShardList, readShardList } from './shardList.ts'
import { SpanFinder } from './SpanFinder.ts'
import { buildSpanIndex, type SpanRecord } from './SpanIndex.ts'
import { buildSpanShards } from './SpanShards.ts'

const id = (k: number): Hex => `0x${k.toString(16).padStart(64, '0')}`
const contributors = [1, 2, 3].map((k): Address => `0x${k.toString(16).padStart(40, '0')}`)
const records = Array.from({ length: 40 }, (_, k): SpanRecord => ({
  recordId: id(k),
  contributor: k % 3,
  commitOrder: 90 - k,
  prompt: [k, 7],
  completion: Int32Array.from({ length: 30 }, (_, d) => 100 + (((k % 8) * 31 + d * 7) % 400)),
}))
const answer = [...Array.from(records[3].completion), 9, ...Array.from(records[6].completion).slice(4)]
const stored = new Map<string, Uint8Array>()
const files = {
  put: async (bytes: Uint8Array): Promise<string> => {
    stored.set(cidOf(bytes), bytes.slice())
    return cidOf(bytes)
  },
  get: async (cid: string): Promise<Uint8Array> => stored.get(cid)!,
}
beforeEach(() => stored.clear())

describe('publishSpanIndex and openSpanFinder', () => {
  // Of the two shards, one is large enough for threads and one is not.
  it.each([['one index', undefined, 1e9, 1], ['shards', 1000, 500, 3]] as const)('publish and open %s, and revoke', async (_, shardSymbols, threadFrom, kept) => {
    const cid = await publishSpanIndex(records, contributors, files, { shardSymbols, threadFrom })
    expect(stored.size).toBe(kept)
    const revoked = new Set([id(3), id(11)])
    const without = await openSpanFinder(cid, files, revoked, { threadFrom })
    expect(without.index.hash).toBe(buildSpanShards(records, contributors, planShards(records, shardSymbols)).hash)
    const withAll = await withRevokedRecords(without, new Set(), { threadFrom })
    for (const [finder, out] of [[without, revoked], [withAll, new Set<Hex>()]] as const) {
      const expected = new SpanFinder(buildSpanIndex(records, contributors), out).find(answer)
      expect(expected.length).toBe(2)
      expect(finder.find(answer)).toEqual(expected)
      expect(finder.revoked).toEqual(out)
    }
    expect((await readSpanShards(cid, files, { unverified: true })).firstRecords.at(-1)).toBe(records.length)
  })

  it('passes on what is wrong with a file', async () => {
    const cid = await publishSpanIndex(records, contributors, files, { shardSymbols: 500 })
    const list = readShardList(stored.get(cid)!)!.shards
    const wrong = await files.put(encodeShardList(list.map((shard, s) => (s === 1 ? { ...shard, records: shard.records + 1 } : shard))))
    await expect(openSpanFinder(wrong, files, new Set())).rejects.toMatchObject({ code: 'BAD_FILE' })
    const first = [...stored.keys()][0]
    stored.set(first, stored.get(first)!.map((b, i, all) => (i === all.length - 1 ? b ^ 1 : b)))
    for (const threadFrom of [0, 1e9]) await expect(openSpanFinder(cid, files, new Set(), { threadFrom })).rejects.toMatchObject({ code: 'BAD_FILE' })
  })

  it('refuses records that 32 bits cannot number', async () => {
    const huge: SpanRecord = { recordId: id(1), contributor: 0, commitOrder: 0, prompt: [], completion: { length: 2 ** 32 } }
    await expect(publishSpanIndex([huge], contributors, files)).rejects.toMatchObject({ code: 'BAD_RECORDS' })
  })
})
