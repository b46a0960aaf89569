import fc from 'fast-check'
import { expect, it } from 'vitest'
import { firstNonce } from './firstNonce.ts'

it('is above what is remembered and above what an older copy has forgotten, and fits 64 bits', () => {
  const moment = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2500, 0) })
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 63n), moment, fc.integer({ min: 1, max: 1e12 }), fc.integer({ min: 0, max: 999_999 }), (last, now, later, signed) => {
      const first = firstNonce(last, now)
      expect(first).toBeGreaterThan(last)
      expect(first).toBeLessThan(2n ** 64n)
      // Started again from a copy of before, it signs nothing that this start has signed, as long as its clock moved on.
      if (first > last + 1n) expect(firstNonce(last, now + later)).toBeGreaterThan(first + BigInt(Math.min(signed, later * 1_000_000 - 1)))
    }),
  )
  expect(firstNonce(10n ** 19n, 0)).toBe(10n ** 19n + 1n)
})
