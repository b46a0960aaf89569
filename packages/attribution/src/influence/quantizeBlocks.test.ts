import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addQuantized, firstBadBlock, powerOfTwo, quantizeBlocks } from './quantizeBlocks.ts'
import { buildQueryVector, encodeQueryVector, readQueryVector } from './QueryVector.ts'
import { roundHalfEven } from './roundHalfEven.ts'

const vector = fc.float32Array({ minLength: 1, maxLength: 2600, noNaN: true, min: Math.fround(-5e11), max: Math.fround(5e11) })
const badFile = expect.objectContaining({ code: 'BAD_FILE' })

describe('quantizeBlocks', () => {
  it('is within half a step of every value, with the smallest scale that fits', () => {
    fc.assert(
      fc.property(vector, (input) => {
        const quantized = quantizeBlocks(input)
        expect(firstBadBlock(quantized)).toBe(-1)
        const back = new Float64Array(input.length)
        addQuantized(back, quantized)
        for (let i = 0; i < input.length; i++) {
          const step = 2 ** quantized.exponents[i >> 10]
          if (Math.abs(back[i] - input[i]) > step / 2) expect.fail(`element ${i}: ${input[i]} became ${back[i]}`)
        }
        quantized.exponents.forEach((e, b) => {
          const block = input.subarray(b * 1024, (b + 1) * 1024)
          const largest = block.reduce((m, x) => Math.max(m, Math.abs(x)), 0)
          if (e > -64) expect(roundHalfEven(largest * powerOfTwo(1 - e))).toBeGreaterThan(127)
        })
      }),
      { numRuns: 300 },
    )
  })

  it('gives values worked out by hand', () => {
    const { values, exponents } = quantizeBlocks(Float32Array.of(1, -0.5, 2.5 / 64, 3.5 / 64, -2.5 / 64, 0))
    expect([...exponents]).toEqual([-6])
    expect([...values]).toEqual([64, -32, 2, 4, -2, 0])
    expect([...quantizeBlocks(Float32Array.of(127.5)).values]).toEqual([64])
    expect([...quantizeBlocks(Float32Array.of(127.49)).values]).toEqual([127])
    expect(quantizeBlocks(new Float32Array(1025))).toEqual({ values: new Int8Array(1025), exponents: Int8Array.of(-64, -64) })
    expect(quantizeBlocks(Float32Array.of(1e-45, 5e11)).exponents[0]).toBe(32)
  })

  it('rounds ties to even and agrees with the definition', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, 126.5].map(roundHalfEven)).toEqual([0, 2, 2, 0, -2, 126])
    fc.assert(fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (x) => Math.abs(roundHalfEven(x) - x) <= 0.5))
  })

  it('refuses NaN, infinity and what lies above the largest scale', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 6e11, -6e11]) {
      expect(() => quantizeBlocks(Float32Array.of(0, bad))).toThrow(expect.objectContaining({ code: 'NOT_FINITE' }))
    }
  })
})

describe('query vector file', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(vector, (input) => {
        const query = buildQueryVector(input)
        expect(readQueryVector(encodeQueryVector(query))).toEqual(query)
      }),
      { numRuns: 100 },
    )
  })

  it('with any one byte changed is refused or has another hash', () => {
    const query = buildQueryVector(Float32Array.from({ length: 1100 }, (_, i) => Math.sin(i)))
    const bytes = encodeQueryVector(query)
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice()
      damaged[at] ^= 0x80
      try {
        expect(readQueryVector(damaged).hash).not.toBe(query.hash)
      } catch (error) {
        expect(error).toMatchObject({ code: 'BAD_FILE' })
      }
    }
    expect(() => readQueryVector(bytes.slice(0, -1))).toThrow(badFile)
    expect(() => readQueryVector(Uint8Array.of(...bytes, 0))).toThrow(badFile)
  })
})
