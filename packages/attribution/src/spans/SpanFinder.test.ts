import type { Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { policy } from '../policy.ts'
import { log2Fixed } from './log2Fixed.ts'
import type { Span } from './Span.ts'
import { SpanFinder } from './SpanFinder.ts'
import { buildSpanIndex, type SpanRecord } from './SpanIndex.ts'

const id = (k: number): Hex => `0x${k.toString(16).padStart(64, '0')}`
const address = (k: number): Address => `0x${k.toString(16).padStart(40, '0')}`
const addresses = Array.from({ length: 5 }, (_, k) => address(k + 1))

type Found = Pick<Span, 'start' | 'length' | 'weight' | 'occurrences' | 'records' | 'contributors'> & { source: Hex; copies: Hex[] }

/** What a span is, said again without any index: every stretch of the answer is compared with every place of every record. */
function bruteForce(records: readonly SpanRecord[], answer: readonly number[], starts: readonly number[], revoked: ReadonlySet<Hex>): Found[] {
  const fields = records.flatMap((r, place) => [r.prompt, r.completion].map((tokens) => ({ record: r, place, tokens: Array.from(tokens) })))
  const all = fields.flatMap((f) => f.tokens)
  const bits = (token: number): number => log2Fixed(all.length) - log2Fixed(all.filter((t) => t === token).length)
  const occurrences = (words: readonly number[]) =>
    fields.flatMap(({ record, place, tokens }) =>
      revoked.has(record.recordId) ? [] : tokens.flatMap((_, p) => (words.every((w, d) => tokens[p + d] === w) ? [{ record, place }] : [])),
    )
  const found: Found[] = []
  const boundary = (p: number): boolean => p === 0 || p === answer.length || starts[p] === 1
  for (let start = 0; start < answer.length; start++) {
    if (!boundary(start)) continue
    for (let end = answer.length; end > start; end--) {
      const words = answer.slice(start, end)
      if (!boundary(end)) continue
      const places = occurrences(words)
      if (places.length === 0) continue
      const weight = words.reduce((sum, w) => sum + bits(w), 0)
      if (weight < log2Fixed(all.length) + policy.spanMarginBits * policy.unitsPerBit) break
      const holders = [...new Map(places.map((p) => [p.place, p])).values()].sort((a, b) => a.record.commitOrder - b.record.commitOrder || a.place - b.place)
      found.push({
        start,
        length: words.length,
        weight,
        occurrences: places.length,
        records: holders.length,
        contributors: new Set(holders.map((h) => h.record.contributor)).size,
        source: holders[0].record.recordId,
        copies: holders.slice(1, 1 + policy.maxCopies).map((h) => h.record.recordId),
      })
      start = end - 1
      break
    }
  }
  return found
}

const brief = (s: Span): Found => ({
  start: s.start, length: s.length, weight: s.weight, occurrences: s.occurrences, records: s.records, contributors: s.contributors,
  source: s.source.recordId, copies: s.copies.map((c) => c.recordId),
})

const token = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 60 }), fc.nat({ max: 60 }))

/** Records, and an answer pieced together from stretches of them and from noise. */
const scenario = fc
  .array(
    fc.record({
      contributor: fc.nat({ max: 4 }),
      commitOrder: fc.nat({ max: 6 }),
      prompt: fc.array(token, { maxLength: 20 }),
      completion: fc.array(token, { minLength: 10, maxLength: 40, size: 'max' }),
      copyOf: fc.option(fc.nat({ max: 3 })),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .chain((drafts) => {
    const records: SpanRecord[] = drafts.map(({ copyOf, ...r }, k) => ({
      ...r,
      recordId: id(k),
      completion: copyOf !== null && copyOf < k ? drafts[copyOf].completion : r.completion,
    }))
    const piece = fc.oneof(
      fc.tuple(fc.nat({ max: records.length - 1 }), fc.nat({ max: 10 }), fc.integer({ min: 4, max: 40 })).map(([k, from, to]) => Array.from(records[k].completion).slice(from, from + to)),
      fc.array(fc.nat({ max: 62 }), { maxLength: 4 }),
    )
    const answer = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.flat())
    return fc.record({
      records: fc.constant(records),
      answer,
      starts: fc.array(fc.constantFrom(0, 1, 1), { minLength: 200, maxLength: 200, size: 'max' }),
      revoked: fc.subarray(records.map((r) => r.recordId), { maxLength: Math.min(3, records.length) }),
    })
  })

describe('SpanFinder', () => {
  it('finds exactly what brute force finds: 100 % recall, exact counts, first committer', () => {
    let spans = 0
    fc.assert(
      fc.property(scenario, ({ records, answer, starts, revoked }) => {
        const out = new Set(revoked)
        const finder = new SpanFinder(buildSpanIndex(records, addresses), out)
        const found = finder.find(answer, Uint8Array.from(starts.slice(0, answer.length))).map(brief)
        spans += found.length
        expect(found).toEqual(bruteForce(records, answer, starts, out))
      }),
      { numRuns: 400 },
    )
    expect(spans).toBeGreaterThan(100)
  })

  it('counts and matches runs and periods as brute force does', () => {
    const tokens = fc.oneof(fc.constant([5]), fc.constant([5, 6]), fc.constant([5, 5, 6])).chain((period) =>
      fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.nat({ max: 2 }), fc.nat({ max: 4 })), { minLength: 1, maxLength: 6 }).map((parts) => ({
        records: parts.map(([length, from, contributor], k): SpanRecord => ({
          recordId: id(k),
          contributor,
          commitOrder: 9 - k,
          prompt: Array.from({ length: 40 }, (_, d) => 100 + ((k * 13 + d) % 50)),
          completion: Array.from({ length }, (_, d) => period[(d + from) % period.length]),
        })),
        answer: Array.from({ length: 90 }, (_, d) => (d === 70 ? 7 : period[d % period.length])),
      })),
    )
    let spans = 0
    fc.assert(
      fc.property(tokens, fc.boolean(), ({ records, answer }, revoke) => {
        const out = new Set(revoke ? [id(0)] : [])
        const found = new SpanFinder(buildSpanIndex(records, addresses), out).find(answer).map(brief)
        spans += found.length
        expect(found).toEqual(bruteForce(records, answer, answer.map(() => 1), out))
      }),
      { numRuns: 60 },
    )
    expect(spans).toBeGreaterThan(20)
  })

  const words = Array.from({ length: 40 }, (_, k) => 100 + k)
  const other = Array.from({ length: 40 }, (_, k) => 200 + k)
  const records: SpanRecord[] = [
    { recordId: id(1), contributor: 0, commitOrder: 9, prompt: [1, 2, 3], completion: words },
    { recordId: id(2), contributor: 1, commitOrder: 4, prompt: [1, 2, 4], completion: [7, ...words.slice(0, 20), 8] },
    { recordId: id(3), contributor: 2, commitOrder: 5, prompt: [1, 2, 5], completion: other },
  ]
  const index = buildSpanIndex(records, addresses)

  it('names the first committer as the source, with the place in its record, and the rest as copies', () => {
    const [span] = new SpanFinder(index).find([50, ...words.slice(2, 14), 51])
    expect(span).toMatchObject({ start: 1, length: 12, occurrences: 2, records: 2, contributors: 2 })
    expect(span.source).toEqual({ recordId: id(2), contributor: address(2), field: 'completion', offset: 3, position: 52 })
    expect(span.copies).toEqual([{ recordId: id(1), contributor: address(1), field: 'completion', offset: 2, position: 6 }])
  })

  it('skips revoked records without a rebuild', () => {
    const answer = words.slice(2, 14)
    expect(new SpanFinder(index, new Set([id(2)])).find(answer)[0]).toMatchObject({ records: 1, source: { recordId: id(1) }, copies: [] })
    expect(new SpanFinder(index, new Set([id(1), id(2)])).find(answer)).toEqual([])
  })

  it('never matches across two fields or two records', () => {
    const [first, second] = new SpanFinder(index).find([1, 2, 4, 7, ...words.slice(0, 20), 8, 1, 2, 5, ...other])
    expect(first).toMatchObject({ start: 3, length: 22 })
    expect(second).toMatchObject({ start: 28, length: 40 })
  })

  it('cuts a match at a word boundary of the answer', () => {
    const starts = new Uint8Array(12).fill(1)
    starts[11] = 0
    const [span] = new SpanFinder(index).find([...words.slice(0, 11), 999], starts)
    expect(span.length).toBe(10)
  })

  it('discounts what the bare base would have said, each token by no more than its own weight', () => {
    const finder = new SpanFinder(index)
    const answer = words.slice(2, 14)
    const own = answer.map((token) => finder.tokenWeight(token))
    const surprisal = answer.map((_, i) => (i < 4 ? 0 : i < 8 ? 100 : 60_000))
    const [span] = finder.find(answer, undefined, surprisal)
    expect(span).toMatchObject({ weight: own.reduce((a, b) => a + b), discountedWeight: 400 + own.slice(8).reduce((a, b) => a + b) })
    expect(finder.find(answer)[0].discountedWeight).toBe(span.weight)
  })

  it('takes tokens that no text holds, and an index that is revoked whole', () => {
    expect(new SpanFinder(index).find([-1, 0.5, Number.NaN, 2 ** 40, ...words.slice(0, 20)])).toHaveLength(1)
    expect(new SpanFinder(index, new Set([id(1), id(2), id(3)])).find([...words, ...other])).toEqual([])
    expect(new SpanFinder(index).find([])).toEqual([])
  })

  it('lists no more copies than the policy allows, and counts all', () => {
    const many = Array.from({ length: 20 }, (_, k): SpanRecord => ({ recordId: id(k), contributor: k % 5, commitOrder: 100 - k, prompt: [], completion: [...words, k] }))
    const [span] = new SpanFinder(buildSpanIndex(many, addresses)).find(words)
    expect(span).toMatchObject({ records: 20, contributors: 5, occurrences: 20, source: { recordId: id(19) } })
    expect(span.copies.map((c) => c.recordId)).toEqual(Array.from({ length: policy.maxCopies }, (_, k) => id(18 - k)))
  })
})
