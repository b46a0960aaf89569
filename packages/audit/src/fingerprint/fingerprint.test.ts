import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeFingerprint, fingerprintBytes, fingerprintValues, largestPlaces, readFingerprint } from './activationFingerprint.ts'
import { bfloatBits } from './bfloat.ts'
import { compareFingerprint } from './compareFingerprint.ts'
import { evaluate, fieldSize, interpolate } from './fieldPolynomial.ts'

/** Numbers like a normal distribution's, the same each time. */
function statesOf(seed: number, count = 8192): Float32Array {
  let state = seed
  const uniform = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
  return Float32Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()))
}

describe('interpolate', () => {
  it('gives the polynomial that goes through all points, and none of a higher degree', () => {
    const points = fc.uniqueArray(fc.tuple(fc.nat(fieldSize - 1), fc.nat(fieldSize - 1)), { minLength: 1, maxLength: 20, selector: ([x]) => x })
    fc.assert(
      fc.property(points, (list) => {
        const coefficients = interpolate(list.map(([x]) => x), list.map(([, y]) => y))
        expect(coefficients).toHaveLength(list.length)
        for (const [x, y] of list) expect(evaluate(coefficients, x)).toBe(y)
      }),
    )
    // 3 + 2x + x²
    expect(interpolate([0, 1, 5], [3, 6, 38])).toEqual([3, 2, 1])
  })
})

describe('bfloatBits', () => {
  it('rounds to nearest, ties to even', () => {
    expect([1, -2, 0.15625, 1.00390625, 1.01171875, 3.3895313892515355e38].map(bfloatBits)).toEqual([0x3f80, 0xc000, 0x3e20, 0x3f80, 0x3f82, 0x7f7f])
  })
})

describe('a fingerprint', () => {
  const states = statesOf(7)
  const bytes = encodeFingerprint(states)

  it('has 258 bytes and says the values at the largest places', () => {
    expect(bytes).toHaveLength(fingerprintBytes)
    expect(fingerprintBytes).toBe(258)
    const places = largestPlaces(states, fingerprintValues)
    expect(readFingerprint(bytes, places)).toEqual(places.map((place) => bfloatBits(states[place]!)))
    expect(compareFingerprint(bytes, states)).toEqual({ exponents: 0, meanMantissa: 0, medianMantissa: 0 })
  })

  it('is near for nearly the same states, and far for others', () => {
    const near = compareFingerprint(bytes, states.map((value, i) => value * (1 + 0.002 * Math.sin(i))))
    expect(near.exponents).toBeLessThan(8)
    expect(near.meanMantissa).toBeLessThan(2)
    const far = compareFingerprint(bytes, statesOf(8))
    expect(far.exponents).toBeGreaterThan(100)
    const scaled = compareFingerprint(bytes, states.map((value) => value * 1.05))
    expect(scaled.medianMantissa).toBeGreaterThan(near.medianMantissa + 2)
  })

  it('refuses what is none', () => {
    const places = largestPlaces(states, fingerprintValues)
    const withModulus = (modulus: number): Uint8Array => Uint8Array.from(bytes, (byte, i) => (i === 0 ? modulus >> 8 : i === 1 ? modulus & 255 : byte))
    for (const wrong of [bytes.subarray(1), withModulus(127), withModulus(0), withModulus(65_498), Uint8Array.from(bytes, (byte, i) => (i < 2 ? byte : 255))]) {
      expect(() => readFingerprint(wrong, places)).toThrow(expect.objectContaining({ code: 'BAD_FINGERPRINT' }))
    }
    expect(() => encodeFingerprint(states.subarray(0, 100))).toThrow(expect.objectContaining({ code: 'BAD_STATES' }))
    expect(() => encodeFingerprint(states.map((value, i) => (i === 5 ? NaN : value)))).toThrow(expect.objectContaining({ code: 'BAD_STATES' }))
  })
})
