import type { Hex, Json } from '@openledger/protocol'
import { canonicalJson, splitFee, utf8 } from '@openledger/protocol'
import type { Address } from 'viem'
import { describe, expect, it } from 'vitest'
import { queryCommitment } from '../commitments/queryCommitment.ts'
import { encodeInfluenceTable } from '../influence/encodeInfluenceTable.ts'
import { buildInfluenceTable } from '../influence/InfluenceTable.ts'
import { buildQueryVector, encodeQueryVector, readQueryVector } from '../influence/QueryVector.ts'
import { readInfluenceTable } from '../influence/readInfluenceTable.ts'
import { encodeSpanIndex } from '../spans/encodeSpanIndex.ts'
import { readSpanIndex } from '../spans/readSpanIndex.ts'
import { SpanFinder } from '../spans/SpanFinder.ts'
import { buildSpanIndex, type SpanRecord } from '../spans/SpanIndex.ts'
import { topRecords } from '../spans/topRecords.ts'
import { readAttribution, type AttributionDocument } from './attributionSchema.ts'
import { attributionRoot } from './attributionCommitment.ts'
import { buildAttribution, type AttributionInput } from './buildAttribution.ts'
import { verifyAttribution } from './verifyAttribution.ts'

const id = (k: number): Hex => `0x${k.toString(16).padStart(64, '0')}`
const address = (k: number): Address => `0x${k.toString(16).padStart(40, '0')}`
const size = 1500

const records = Array.from({ length: 24 }, (_, k): SpanRecord => ({
  recordId: id(k + 1),
  contributor: k % 4,
  commitOrder: 100 - k,
  prompt: [1, 2, 300 + k],
  completion: Array.from({ length: 12 }, (_, d) => 20 + ((k * 7 + d * 13 + (k % 5) * d) % 200)),
}))
records.push({ ...records[5], recordId: id(99), contributor: 2, commitOrder: 400 })

const direction = (a: number): Float32Array => Float32Array.from({ length: size }, (_, i) => (i % 4 === a ? 0.01 : 0.0001 * Math.sin(i + a)))

function makeInput(change: Partial<AttributionInput> = {}): AttributionInput {
  const contributors = [0, 1, 2, 3].map((a) => address(a + 1))
  const answer = [7, ...Array.from(records[5].completion), 9]
  return {
    finder: new SpanFinder(buildSpanIndex(records, contributors)),
    table: buildInfluenceTable(contributors.map((_, a) => direction(a)), {
      method: 'trajectory',
      adapterId: id(500),
      baseId: id(501),
      atoms: contributors.map((contributor) => ({ contributor, trainingWeight: 6 })),
    }),
    query: buildQueryVector(Float32Array.from(direction(1), (x) => -15 * x)),
    answer,
    wordStarts: new Uint8Array(answer.length).fill(1),
    losses: { base: 2_500_000, tuned: 100_000 },
    answerKey: id(77),
    ...change,
  }
}

describe('attribution document', () => {
  const input = makeInput()
  const document = buildAttribution(input)

  it('names the owner of the words and pays the contributor who matters', () => {
    expect(document.spans).toHaveLength(1)
    expect(document.spans[0]).toMatchObject({ start: 1, length: 12, records: 2, source: { recordId: id(6), contributor: address(2) }, copies: [{ recordId: id(99) }] })
    expect(document.shares[1].sharePpm).toBeGreaterThan(100_000)
    expect(document.shares.filter((_, a) => a !== 1).every((s) => s.sharePpm < 20_000)).toBe(true)
  })

  it('is deterministic, survives JSON, and is verified from the files alone', () => {
    expect(attributionRoot(buildAttribution(makeInput()))).toBe(attributionRoot(document))
    const read = readAttribution(utf8(canonicalJson(document)))
    expect(attributionRoot(read)).toBe(attributionRoot(document))
    const found = verifyAttribution(read, {
      ...input,
      finder: new SpanFinder(readSpanIndex(encodeSpanIndex(input.finder.index.shards[0]))),
      table: readInfluenceTable(encodeInfluenceTable(input.table)),
      query: readQueryVector(encodeQueryVector(input.query)),
    })
    expect(found.difference).toBeUndefined()
    expect(found.checked).toBeGreaterThan(40)
  })

  it('gives shares that the split takes', () => {
    const deployment = { owner: address(50), nodePpm: 300_000, ownerPpm: 200_000, stakersPpm: 0, contributorsPpm: 500_000 }
    const paid = splitFee({ fee: 10n ** 18n, platformFee: 7n, deployment, node: address(51), treasury: address(52), stakers: address(53), contributors: document.shares })
    expect(paid.reduce((sum, share) => sum + share.amount, 0n)).toBe(10n ** 18n)
  })

  it('names the first false claim, whichever value is changed', () => {
    const leaves: (readonly (string | number)[])[] = []
    const collect = (value: Json | undefined, path: readonly (string | number)[]): void => {
      if (typeof value === 'object' && value !== null) for (const [key, item] of Object.entries(value)) collect(item as Json, [...path, key])
      else leaves.push(path)
    }
    collect(document, [])
    let named = 0
    for (const path of leaves) {
      const changed = structuredClone(document) as unknown as Record<string, Json>
      let at = changed
      for (const key of path.slice(0, -1)) at = at[key] as unknown as Record<string, Json>
      const last = path.at(-1)!
      const old = at[last]
      at[last] = typeof old === 'number' ? old + 1 : old === 'completion' ? 'prompt' : String(old).replace(/.$/, (c) => (c === '1' ? '2' : '1'))
      const { difference } = verifyAttribution(changed as unknown as AttributionDocument, { ...input, losses: input.losses, answerKey: input.answerKey })
      expect(difference?.field).toBe(path.join('.'))
      named++
    }
    expect(named).toBe(leaves.length)
    expect(named).toBeGreaterThan(40)
  })

  it('notices a span left out, a share added, and a losing score turned round', () => {
    const check = (change: Partial<AttributionDocument>) => verifyAttribution({ ...document, ...change }, input).difference?.field
    expect(check({ spans: [] })).toBe('spans.0')
    expect(check({ shares: [...document.shares, { contributor: address(60), sharePpm: 1, trainingWeight: 1 }] })).toBe('shares.4')
    expect(check({ scores: { ...document.scores, values: document.scores.values.map((v) => (v.startsWith('-') ? v.slice(1) : v)) } })).toMatch(/^scores\.values\./)
  })

  it('discounts spans by what the base knew, and notices surprisals that do not belong to the base loss', () => {
    const answer = input.answer
    const known: number[] = Array.from(answer, (_, i) => (i < 8 ? 0 : 5000))
    const base = Math.floor((known.reduce((a, b) => a + b) * Math.LN2 * 1e6) / 1024 / answer.length)
    const own = makeInput({ baseSurprisal: known, losses: { base, tuned: 100_000 } })
    const discounted = buildAttribution(own)
    expect(discounted.spans[0].discountedWeight).toBeLessThan(discounted.spans[0].weight)
    expect(readAttribution(utf8(canonicalJson(discounted)))).toEqual(discounted)
    const { baseSurprisal: _taken, ...withoutSurprisal } = own
    expect(verifyAttribution(discounted, withoutSurprisal).difference).toBeUndefined()
    const turned = [known.at(-1)!, ...known.slice(0, -1)]
    const check = (baseSurprisal: number[]) => verifyAttribution({ ...discounted, baseSurprisal }, withoutSurprisal).difference?.field
    expect(check(known.map((s) => s + 200))).toBe('baseSurprisal')
    expect(check(known.map((s) => Math.max(0, s - 10)))).toBe('baseSurprisal')
    expect(check(turned)).toMatch(/^spans/)
    expect(verifyAttribution({ ...discounted, baseSurprisal: turned }, own).difference?.field).toMatch(/^baseSurprisal/)
    expect(() => readAttribution({ ...discounted, baseSurprisal: known.slice(1) })).toThrow(expect.objectContaining({ code: 'BAD_ARTEFACT' }))
  })

  it('notices one changed byte in the table, the index or the query vector', () => {
    const flip = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((b, i) => (i === at ? b ^ 1 : b))
    const table = encodeInfluenceTable(input.table)
    const index = encodeSpanIndex(input.finder.index.shards[0])
    const query = encodeQueryVector(input.query)
    expect(verifyAttribution(document, { ...input, table: readInfluenceTable(flip(table, table.length - 1)) }).difference?.field).toBe('tableHash')
    expect(verifyAttribution(document, { ...input, query: readQueryVector(flip(query, query.length - 1)) }).difference?.field).toBe('queryHash')
    // A commit order, which the suffix array does not depend on.
    expect(verifyAttribution(document, { ...input, finder: new SpanFinder(readSpanIndex(flip(index, 20 + 80 + 36 * 25))) }).difference?.field).toBe('indexHash')
    expect(() => readSpanIndex(flip(index, index.length - 4))).toThrow(expect.objectContaining({ code: 'BAD_FILE' }))
  })

  it('notices another set of revoked records, another answer, other losses', () => {
    const revoked = new SpanFinder(input.finder.index, new Set([id(6)]))
    expect(verifyAttribution(document, { ...input, finder: revoked }).difference?.field).toBe('revokedHash')
    expect(buildAttribution({ ...input, finder: revoked }).spans[0]).toMatchObject({ records: 1, source: { recordId: id(99) } })
    const other = [...Array.from(input.answer)]
    other[4] = 3
    expect(verifyAttribution(document, { ...input, answer: other }).difference?.field).toBe('tokensRoot')
    expect(verifyAttribution(document, { ...input, losses: { base: 2_500_000, tuned: 99_999 } }).difference?.field).toBe('losses.tuned')
  })

  it('reports a query vector of another size instead of failing', () => {
    const query = buildQueryVector(new Float32Array(3))
    const commitments = { ...document.commitments, query: queryCommitment(query).root }
    expect(verifyAttribution({ ...document, queryHash: query.hash, commitments }, { ...input, query }).difference).toMatchObject({ field: 'query' })
  })

  it('is read strictly', () => {
    const refused = expect.objectContaining({ code: 'BAD_ARTEFACT' })
    const bad = [
      { ...document, extra: 1 },
      { ...document, answerKey: '0x12' },
      { ...document, scores: { ...document.scores, values: ['01'] } },
      { ...document, shares: document.shares.map((s) => ({ ...s, sharePpm: 400_000 })) },
      { ...document, losses: { base: 1.5, tuned: 0 } },
      { ...document, kind: 'openledger/attribution/2' },
      { ...document, shares: [] },
    ]
    for (const value of bad) expect(() => readAttribution(value)).toThrow(refused)
    expect(() => readAttribution('{')).toThrow(refused)
  })
})

describe('topRecords', () => {
  const input = makeInput()
  it('puts the record that the answer quotes first, and skips others and revoked ones', () => {
    const spans = input.finder.find(input.answer, input.wordStarts)
    const tokens = [1, 2, 305, ...Array.from(input.answer)]
    const [first, second] = topRecords({ finder: input.finder, spans, tokens })
    expect(first).toMatchObject({ recordId: id(6), spanWeight: spans[0].weight })
    expect(second.recordId).toBe(id(99))
    expect(topRecords({ finder: input.finder, spans, tokens, contributor: address(2) }).every((r) => r.contributor === address(2))).toBe(true)
    const without = new SpanFinder(input.finder.index, new Set([id(6)]))
    expect(topRecords({ finder: without, spans: [], tokens, limit: 1 })[0].recordId).toBe(id(99))
  })
  it('ranks by shared rare tokens when there is no span', () => {
    expect(topRecords({ finder: input.finder, spans: [], tokens: [1, 2, 310], limit: 1 })[0].recordId).toBe(id(11))
    expect(topRecords({ finder: input.finder, spans: [], tokens: [9999] })).toEqual([])
  })
})
