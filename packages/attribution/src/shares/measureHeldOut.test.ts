import { describe, expect, it } from 'vitest'
import { haircuts } from './heldOut.ts'
import { measureHeldOut, type LossEngine } from './measureHeldOut.ts'

/** Losses that can be worked out by hand: of example i, the sum of the weights, times i + 1. */
const engine: LossEngine = {
  exampleLosses: (weights, _, examples) => Promise.resolve(weights.map((w) => Float64Array.from(examples, (_, i) => (i + 1) * w.reduce((a, b) => a + b, 0)))),
}
const example = (group: number, supervised: number) => ({ tokens: Array.from({ length: 3 + supervised }, (_, i) => i), supervisedFrom: 3, group })

describe('measureHeldOut', () => {
  const heldOut = [example(0, 1), example(1, 3), example(1, 1)]
  const input = { engine, shape: { rank: 1, alpha: 1, targets: [] }, weights: Float32Array.of(1, 1), heldOut }

  it('judges each atom by the records of the others, weighted by tokens', async () => {
    const found = await measureHeldOut({ ...input, responses: [Float32Array.of(0.5, 0), Float32Array.of(-1, 0)] })
    // Atom 0 by examples 1 and 2: (3 · 4 + 1 · 6) / 4 at two; atom 1 by example 0.
    expect(found).toEqual({ records: 3, full: [4_500_000, 2_000_000], without: [3_375_000, 3_000_000] })
    expect(haircuts(found, [1, 1], { factor: 0, leastMicroNats: 1_000_000 })).toEqual([875_000, 1_000_000])
  })

  it('does not judge who stands alone', async () => {
    const alone = await measureHeldOut({ ...input, heldOut: [example(0, 2)], responses: [Float32Array.of(2, 0)] })
    expect(alone).toEqual({ records: 1, full: [0], without: [0] })
  })
})
