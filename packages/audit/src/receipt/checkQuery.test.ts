import { buildQueryVector, compareQueries, type QueryVector } from '@openledger/attribution'
import type { ReceiptBundle } from '@openledger/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import type { DisputeMaterial } from '../dispute/DisputeMaterial.ts'
import type { AuditEngine } from '../engine/AuditEngine.ts'
import { disputeWorld } from '../testing/disputeWorld.ts'
import { checkQuery, shareDistance } from './checkQuery.ts'
import { queryTolerance } from './queryTolerance.ts'
import { rankCorrelation } from './rankCorrelation.ts'
import { secondOpinion } from './secondOpinion.ts'

const profile = (name: string): `0x${string}` => `0x${name.padStart(64, '0')}`
const wave = (a: number): Float32Array => Float32Array.from({ length: 9000 }, (_, i) => Math.sin(i * (a + 1)) * 0.01 * 2 ** -(i % 7))

describe('a query vector measured again', () => {
  let world: DisputeMaterial
  /** The gradient that the world's answer has. */
  const gradient = (() => {
    const [own, other] = [wave(1), wave(2)]
    return Float32Array.from(own, (x, i) => -9000 * x + 100 * other[i]!)
  })()
  beforeAll(async () => {
    world = await disputeWorld()
  })

  const check = (measured: Float32Array, profileHash: string, losses = { loss: 0.2, lossBase: 3 }) => {
    const { bundle, document, table, query, finder, wordStarts } = world
    const receipt = { ...bundle.receipt, statement: { ...bundle.receipt.statement, profileHash: profile('1') } }
    // The world's document says nothing of what its tokens told the base.
    const baseProbabilities = profileHash === '1' ? [] : bundle.answer.tokens.map(() => 2 ** -64)
    const host = { answerGradient: async () => ({ gradient: measured, baseProbabilities, ...losses }), pieces: async (tokens: readonly number[]) => tokens.map(() => Uint8Array.of(32, 97)) }
    const engine = { host, info: { profileHash: profile(profileHash) } } as unknown as AuditEngine
    const request = { ...bundle.request, promptTokens: [1, 2, 3] }
    return checkQuery({ ...bundle, receipt, request } as ReceiptBundle, { document, table, published: query, finder, wordStarts }, engine)
  }
  const shaken = (by: number): Float32Array => gradient.map((g, i) => g * (1 + by * (i % 2 === 0 ? 1 : -1)))

  it('must be the same within one profile, and its losses too', async () => {
    expect(await check(gradient, '1')).toContain('to the last bit')
    await expect(check(shaken(0.01), '1')).rejects.toMatchObject({ code: 'FALSE_CLAIM', message: expect.stringContaining('query vector measured again') as string })
    await expect(check(gradient, '1', { loss: 0.200_002, lossBase: 3 })).rejects.toMatchObject({ message: expect.stringContaining('loss of the model') as string })
  })

  it('may differ a little under another profile', async () => {
    expect(await check(shaken(0.005), '2')).toMatch(/relative distance 0\.00\d/)
    expect(await check(gradient, '2')).toContain('the same vector')
    await expect(check(shaken(0.05), '2')).rejects.toMatchObject({ message: expect.stringContaining('relative distance') as string })
    await expect(check(shaken(0.005), '2', { loss: 0.21, lossBase: 3 })).rejects.toMatchObject({ message: expect.stringContaining('losses measured again') as string })
  })

  it('may not be bent within the tolerance so that shares move', async () => {
    // The published vector leans towards one contributor by less than the tolerance of the vector.
    const lean = wave(3)
    const size = Math.sqrt(gradient.reduce((s, x) => s + x * x, 0) / lean.reduce((s, x) => s + x * x, 0))
    const bent = gradient.map((g, i) => g - 0.012 * size * lean[i]!)
    expect(compareQueries(world.query, buildQueryVector(bent) satisfies QueryVector).relativeL2).toBeLessThan(queryTolerance.relativeL2)
    await expect(check(bent, '2')).rejects.toMatchObject({ message: expect.stringMatching(/shares by the vector measured again: \d+ ppm/) as string })
  })

  it('counts how far shares lie apart', () => {
    const share = (k: number, sharePpm: number) => ({ contributor: `0x${String(k).padStart(40, '0')}` as const, sharePpm, trainingWeight: 1 })
    expect(shareDistance([share(1, 500), share(2, 300)], [share(1, 400), share(3, 100)])).toBe(400)
  })
})

describe('the second opinion', () => {
  it('is twice the loss of half a step, ranked beside the scores', async () => {
    const { table, query } = await disputeWorld()
    // A model whose loss is linear with the query's gradient: both must agree.
    const gradient = Float64Array.from(query.values, (v, i) => v * 2 ** query.exponents[i >> 10]!)
    const host = { lossesAfter: async (_a: string, _t: readonly number[], _f: number, movements: readonly Float32Array[]) => movements.map((m) => 5 - m.reduce((s, x, i) => s + x * gradient[i]!, 0)) }
    const found = await secondOpinion(host, table, query, [1], [2])
    found.atoms.forEach(({ score, halfStep }) => expect(halfStep).toBeCloseTo(score, 3))
    expect(found).toMatchObject({ sameFirst: true })
    expect(found.rankCorrelation).toBeCloseTo(1)
  })

  it('ranks as Spearman does', () => {
    expect(rankCorrelation([1, 2, 3, 4], [10, 20, 30, 25])).toBeCloseTo(0.8)
    expect(rankCorrelation([3, 1, 2], [-3, -1, -2])).toBeCloseTo(-1)
    expect(rankCorrelation([1, 1, 2, 3], [1, 2, 2, 3])).toBeCloseTo(0.8333, 3)
    expect(rankCorrelation([1, 1], [1, 2])).toBe(0)
  })
})
