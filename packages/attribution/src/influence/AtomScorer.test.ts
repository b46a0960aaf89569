import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KernelArena } from '../kernels/KernelArena.ts'
import { AtomScorer, type ScoredTable } from './AtomScorer.ts'
import type { QuantizedVector } from './quantizeBlocks.ts'
import { sumBlocksPlainly } from './sumBlocksPlainly.ts'

const vector = (length: number, values: Int8Array): QuantizedVector => ({
  values: Int8Array.from({ length }, (_, i) => values[(i * 7 + (i >> 9)) % values.length]),
  exponents: new Int8Array(Math.ceil(length / 1024)),
})
const seeds = fc.int8Array({ minLength: 40, maxLength: 90, min: -127, max: 127 })
const table = (parameterCount: number, parts: readonly Int8Array[]): ScoredTable => ({
  parameterCount,
  atoms: parts.map((part) => ({ contributor: `0x${'00'.repeat(20)}`, trainingWeight: 1, ...vector(parameterCount, part) })),
})
const plainly = (t: ScoredTable, q: QuantizedVector): Int32Array => sumBlocksPlainly(t, q, new Int32Array(q.exponents.length * t.atoms.length))

describe('AtomScorer', () => {
  const arena = new KernelArena(1 << 22)

  it('sums as the reference does, through the window and from memory', () => {
    const input = fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.array(seeds, { minLength: 1, maxLength: 20 }), seeds, seeds)
    fc.assert(
      fc.property(input, ([length, parts, first, second]) => {
        const t = table(length, parts)
        const scorer = new AtomScorer(t, arena)
        for (const seed of [first, second, first, second]) {
          const q = vector(length, seed)
          expect(scorer.blockSums(q)).toEqual(plainly(t, q))
        }
        scorer.dispose()
        expect(scorer.blockSums(vector(length, first))).toEqual(plainly(t, vector(length, first)))
      }),
      { numRuns: 60 },
    )
    expect(arena.heldBytes).toBe(0)
  })

  it('holds the largest sum that a block can have', () => {
    const t = table(2048, [Int8Array.of(127), Int8Array.of(-127)])
    const full = vector(2048, Int8Array.of(127))
    for (let k = 0; k < 3; k++) expect([...new AtomScorer(t, arena).blockSums(full)]).toEqual([16_516_096, -16_516_096, 16_516_096, -16_516_096])
  })

  it('keeps within its memory: tables give way to others, and one that is too large is never kept', () => {
    const small = new KernelArena(200_000)
    const [a, b, large] = [60, 60, 300].map((atoms) => table(1500, Array.from({ length: atoms }, (_, k) => Int8Array.of(k - 60, 3, 5))))
    const q = vector(1500, Int8Array.of(9, -100, 60))
    const scorers = [a, b, large].map((t) => new AtomScorer(t, small))
    for (let round = 0; round < 4; round++) {
      for (const scorer of scorers) {
        expect(scorer.blockSums(q)).toEqual(plainly(scorer.table, q))
        expect(small.heldBytes).toBeLessThanOrEqual(200_000)
      }
    }
  })

  it('works without WebAssembly', () => {
    const t = table(1500, [Int8Array.of(1, 2, 3)])
    const q = vector(1500, Int8Array.of(5, -6))
    expect(new AtomScorer(t, null).blockSums(q)).toEqual(plainly(t, q))
  })

  it('is one for the same atoms', () => {
    const t = table(10, [Int8Array.of(1)])
    expect(AtomScorer.of({ ...t })).toBe(AtomScorer.of(t))
  })
})
