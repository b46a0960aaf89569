import fc from 'fast-check'
import { expect, it } from 'vitest'
import { lengthBucket, microBatches, supervisedWeight } from './microBatches.ts'

const example = fc
  .record({ length: fc.integer({ min: 2, max: 90 }), part: fc.double({ min: 0, max: 1, noNaN: true }), group: fc.nat(4), weight: fc.constantFrom(0.5, 1, 2) })
  .map(({ length, part, group, weight }) => {
    const supervisedFrom = 1 + Math.floor(part * (length - 1.001))
    return { tokens: Array.from({ length }, (_, i) => 1000 * group + i), supervisedFrom, group, weight }
  })

it('every example stands in exactly one row, with its supervised tokens and weights, within the budget', () => {
  fc.assert(
    fc.property(fc.array(example, { minLength: 1, maxLength: 40 }), fc.integer({ min: 16, max: 600 }), (examples, budget) => {
      const total = supervisedWeight(examples)
      const batches = microBatches(examples, budget, total, true)
      const seen = batches.flatMap((batch) => batch.examples)
      expect(seen).toHaveLength(examples.length)
      expect(new Set(seen).size).toBe(new Set(examples).size)
      let weight = 0
      for (const { shape, inputs, examples: members } of batches) {
        expect(shape.rows === 1 || shape.rows * shape.length <= budget).toBe(true)
        expect(shape.groups).toBe(members.length)
        let s = 0
        let right = true
        members.forEach(({ tokens, supervisedFrom, weight: own = 1 }, row) => {
          right &&= lengthBucket(tokens.length - 1) <= shape.length
          for (let i = supervisedFrom; i < tokens.length; i++, s++) {
            right &&= inputs.rows![s] === row * shape.length + i - 1
            right &&= inputs.tokens[inputs.rows![s]!] === tokens[i - 1] && inputs.targets[s] === tokens[i]
            right &&= Math.abs(inputs.weights[s]! - own / total) < 1e-6
          }
        })
        expect(right).toBe(true)
        expect(inputs.weights.subarray(s).every((rest) => rest === 0)).toBe(true)
        weight += inputs.weights.reduce((sum, w) => sum + w, 0)
      }
      expect(weight).toBeCloseTo(1, 4)
    }),
  )
})
