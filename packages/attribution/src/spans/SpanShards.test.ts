import { OrderedTree, type Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { indexCommitment } from '../commitments/indexCommitment.ts'
import { planShards } from './planShards.ts'
import { encodeShardList, readShardList } from './shardList.ts'
import { SpanFinder } from './SpanFinder.ts'
import { buildSpanIndex, type SpanRecord } from './SpanIndex.ts'
import { buildSpanShards, joinShards, soleShard, wholeIndex } from './SpanShards.ts'
import { topRecords } from './topRecords.ts'

const id = (k: number): Hex => `0x${k.toString(16).padStart(64, '0')}`
const addresses = Array.from({ length: 6 }, (_, k): Address => `0x${(k + 1).toString(16).padStart(40, '0')}`)

const token = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 60 }), fc.nat({ max: 60 }))
const drafts = fc.array(
  fc.record({ contributor: fc.nat({ max: 5 }), commitOrder: fc.nat({ max: 9 }), completion: fc.array(token, { minLength: 10, maxLength: 40, size: 'max' }), copyOf: fc.option(fc.nat({ max: 3 })), doubled: fc.boolean() }),
  { minLength: 1, maxLength: 16 },
)
const scenario = drafts.chain((list) => {
  const records = list.map(({ contributor, commitOrder, completion, copyOf, doubled }, k): SpanRecord => {
    const words = copyOf !== null && copyOf < k ? list[copyOf].completion : completion
    return { recordId: id(k), contributor, commitOrder, prompt: doubled ? words : [k % 3], completion: words }
  })
  const piece = fc.tuple(fc.nat({ max: records.length - 1 }), fc.nat({ max: 10 }), fc.integer({ min: 4, max: 40 })).map(([k, from, to]) => Array.from(records[k].completion).slice(from, from + to))
  return fc.record({
    records: fc.constant(records),
    answer: fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.flat()),
    starts: fc.array(fc.constantFrom(0, 1, 1), { minLength: 200, maxLength: 200, size: 'max' }),
    maxSymbols: fc.integer({ min: 90, max: 400 }),
    revoked: fc.subarray(records.map((r) => r.recordId), { maxLength: Math.min(3, records.length) }),
  })
})

describe('SpanFinder over shards', () => {
  it('finds what it finds over one index, to the last field, whoever is revoked', () => {
    let [spans, shards, spread] = [0, 0, 0]
    fc.assert(
      fc.property(scenario, ({ records, answer, starts, maxSymbols, revoked }) => {
        const divided = buildSpanShards(records, addresses, planShards(records, maxSymbols))
        const words = Uint8Array.from(starts.slice(0, answer.length))
        const whole = new SpanFinder(buildSpanIndex(records, addresses), new Set(revoked))
        const several = new SpanFinder(divided, new Set(revoked))
        const [expected, found] = [whole.find(answer, words), several.find(answer, words)]
        expect(found).toEqual(expected)
        expect(answer.map((t) => several.tokenWeight(t))).toEqual(answer.map((t) => whole.tokenWeight(t)))
        expect(topRecords({ finder: several, spans: found, tokens: answer })).toEqual(topRecords({ finder: whole, spans: expected, tokens: answer }))
        const shardOf = (recordId: Hex): number => divided.firstRecords.findIndex((_, s) => Number(BigInt(recordId)) < divided.firstRecords[s + 1])
        spread += found.filter(({ source, copies }) => new Set([source, ...copies].map((p) => shardOf(p.recordId))).size > 1).length
        spans += found.length
        shards += divided.shards.length
      }),
      { numRuns: 400 },
    )
    expect(spans).toBeGreaterThan(200)
    expect(shards).toBeGreaterThan(600)
    expect(spread).toBeGreaterThan(50)
  })

  const words = Array.from({ length: 30 }, (_, k) => 100 + k)
  const record = (k: number, contributor: number, completion: number[]): SpanRecord => ({ recordId: id(k), contributor, commitOrder: 9 - k, prompt: [1], completion })
  const records = [record(0, 0, words), record(1, 1, [5, ...words, 6]), record(2, 0, words), record(3, 2, [7, 8]), record(4, 1, words)]

  it('counts a contributor once whose records lie in several shards', () => {
    const [span] = new SpanFinder(buildSpanShards(records, addresses, [2, 1, 2])).find(words)
    expect(span).toMatchObject({ records: 4, occurrences: 4, contributors: 2, source: { recordId: id(4) } })
    expect(span.copies.map((c) => c.recordId)).toEqual([id(2), id(1), id(0)])
  })

  it('refuses shards that are not those of one list', () => {
    const other = buildSpanIndex([record(9, 0, [1])], addresses.slice(1))
    expect(() => joinShards([buildSpanIndex(records, addresses), other])).toThrow(expect.objectContaining({ code: 'BAD_SHARDS' }))
    expect(() => joinShards([])).toThrow(expect.objectContaining({ code: 'BAD_SHARDS' }))
    expect(() => buildSpanShards(records, addresses, [2, 2])).toThrow(expect.objectContaining({ code: 'BAD_SHARDS' }))
  })

  it('lists shards in a file whose hash stands for all of them, and takes an index for no list', () => {
    const shards = [{ hash: id(1), records: 2, symbols: 40 }, { hash: id(2), records: 1, symbols: 30 }]
    expect(readShardList(encodeShardList(shards))?.shards).toEqual(shards)
    expect(readShardList(new TextEncoder().encode('OLSPAN01'))).toBeUndefined()
    expect(() => readShardList(encodeShardList(shards.slice(1)))).toThrow(expect.objectContaining({ code: 'BAD_ARTEFACT' }))
    const divided = (counts: number[]): Hex => buildSpanShards(records, addresses, counts).hash
    expect(divided([2, 3])).not.toBe(divided([3, 2]))
    expect(divided([5])).toBe(buildSpanIndex(records, addresses).hash)
  })

  it('commits to records and text as one index over all does, and opens no suffix array in a court', () => {
    fc.assert(
      fc.property(scenario, ({ records: list, maxSymbols }) => {
        const index = buildSpanIndex(list, addresses)
        const divided = buildSpanShards(list, addresses, planShards(list, maxSymbols))
        const [whole, several] = [indexCommitment(index), indexCommitment(divided)]
        expect({ ...several.header, fileHash: 0, suffixesRoot: 0 }).toEqual({ ...whole.header, fileHash: 0, suffixesRoot: 0 })
        const { suffixes: _suffixes, hash: _hash, ...parts } = wholeIndex(divided)
        expect(index).toMatchObject(parts)
        if (divided.shards.length === 1) expect(several).toEqual(whole)
        else expect([whole.suffixes.root, several.suffixes.root, new OrderedTree([]).root]).not.toContain(several.header.suffixesRoot)
      }),
      { numRuns: 60 },
    )
    const before = indexCommitment(buildSpanShards(records, addresses, [2, 3])).root
    const changed = buildSpanShards(records, addresses, [2, 3])
    changed.shards[1].suffixes.reverse()
    expect(indexCommitment(changed).root).not.toBe(before)
    expect(wholeIndex(soleShard(changed.shards[0]))).toBe(changed.shards[0])
  })
})

describe('planShards', () => {
  it('takes every record once, in order, and fills each shard until the next record would not fit', () => {
    const input = fc.tuple(fc.array(fc.nat({ max: 90 }), { minLength: 1, maxLength: 60 }), fc.integer({ min: 92, max: 500 }))
    fc.assert(
      fc.property(input, ([lengths, maxSymbols]) => {
        const counts = planShards(lengths.map((length, k) => ({ recordId: id(k), prompt: [], completion: Array<number>(length).fill(1) })), maxSymbols)
        let from = 0
        for (const count of counts) {
          const size = lengths.slice(from, from + count).reduce((sum, length) => sum + length + 2, 0)
          expect(count).toBeGreaterThan(0)
          expect(size).toBeLessThanOrEqual(maxSymbols)
          from += count
          if (from < lengths.length) expect(size + lengths[from] + 2).toBeGreaterThan(maxSymbols)
        }
        expect(from).toBe(lengths.length)
      }),
    )
    expect(planShards([])).toEqual([])
    expect(() => planShards([{ recordId: id(1), prompt: [1, 2], completion: [3] }], 4)).toThrow(expect.objectContaining({ code: 'BAD_RECORDS' }))
  })
})
