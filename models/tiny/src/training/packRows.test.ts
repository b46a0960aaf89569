import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packRows } from './packRows.ts'

describe('packRows', () => {
  it('keeps every document whole, once, inside one row', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1, maxLength: 200 }), (lengths) => {
        const documents = lengths.map((size, i) => [0, ...Array<number>(size).fill(i + 1)])
        const packed = packRows(documents, 1000, 16, 0)
        expect((packed.length - 1) % 16).toBe(0)
        const seen = new Map<number, number>()
        packed.forEach((id, at) => {
          if (id === 0) return
          seen.set(id, (seen.get(id) ?? 0) + 1)
          if (at % 16 === 0) throw new Error('a row begins inside a document')
        })
        expect([...seen].sort(([a], [b]) => a - b)).toEqual(lengths.map((size, i) => [i + 1, size]))
      }),
      { numRuns: 50 },
    )
  })
})
