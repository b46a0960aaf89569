import type { Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeSpanIndex } from './encodeSpanIndex.ts'
import { log2Fixed } from './log2Fixed.ts'
import { readSpanIndex } from './readSpanIndex.ts'
import { buildSpanIndex, type SpanRecord } from './SpanIndex.ts'
import { wordStarts } from './wordStarts.ts'

const addresses: Address[] = ['0x00000000000000000000000000000000000000Aa', '0x00000000000000000000000000000000000000bb']
const tokens = fc.array(fc.nat({ max: 300 }), { maxLength: 12 }).map((a) => Uint16Array.from(a))
const records = fc.array(
  fc.record({
    recordId: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((b): Hex => `0x${Buffer.from(b).toString('hex')}`),
    contributor: fc.nat({ max: 1 }),
    commitOrder: fc.nat({ max: 0xffffffff }),
    prompt: tokens,
    completion: tokens,
  }),
  { minLength: 1, maxLength: 8 },
)
const sample: SpanRecord[] = [
  { recordId: `0x${'ab'.repeat(32)}`, contributor: 0, commitOrder: 2, prompt: [1, 2], completion: [3, 1, 2] },
  { recordId: `0x${'cd'.repeat(32)}`, contributor: 1, commitOrder: 1, prompt: [], completion: [2, 2, 70_000] },
]

describe('span index file', () => {
  it('is read back as it was written, and has one hash', () => {
    fc.assert(
      fc.property(records, (list) => {
        const index = buildSpanIndex(list, addresses)
        const bytes = encodeSpanIndex(index)
        expect(readSpanIndex(bytes)).toEqual(index)
        expect(Buffer.from(encodeSpanIndex(buildSpanIndex(list, addresses))).equals(bytes)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('with any one byte changed is refused or has another hash', () => {
    const index = buildSpanIndex(sample, addresses)
    const bytes = encodeSpanIndex(index)
    let refused = 0
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice()
      damaged[at] ^= 1
      try {
        expect(readSpanIndex(damaged).hash).not.toBe(index.hash)
      } catch (error) {
        expect(error).toMatchObject({ code: 'BAD_FILE' })
        refused++
      }
    }
    expect(refused).toBeGreaterThan(bytes.length / 4)
  })

  it('is refused when cut off, extended, or with impossible counts', () => {
    const bytes = encodeSpanIndex(buildSpanIndex(sample, addresses))
    const counts = bytes.slice()
    counts.fill(0xff, 8, 20)
    for (const bad of [bytes.slice(0, -1), Uint8Array.of(...bytes, 0), bytes.slice(0, 3), new Uint8Array(0), counts]) {
      expect(() => readSpanIndex(bad)).toThrow(expect.objectContaining({ code: 'BAD_FILE' }))
    }
  })

  it('needs sane records', () => {
    const bad = (change: Partial<SpanRecord>) => () => buildSpanIndex([{ ...sample[0], ...change }], addresses)
    for (const build of [() => buildSpanIndex([], addresses), bad({ contributor: 2 }), bad({ prompt: [-1] }), bad({ prompt: [0.5] }), bad({ completion: [1 << 24] }), bad({ commitOrder: -1 })]) {
      expect(build).toThrow(expect.objectContaining({ code: 'BAD_RECORDS' }))
    }
  })
})

describe('log2Fixed', () => {
  it('is the floor of 1024·log2', () => {
    expect([1, 2, 3, 1024, 1 << 30].map(log2Fixed)).toEqual([0, 1024, 1623, 10240, 30720])
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e9 }), (x) => void expect(Math.abs(log2Fixed(x) - 1024 * Math.log2(x))).toBeLessThan(1 + 1e-6)))
  })
})

describe('wordStarts', () => {
  const starts = (...pieces: string[]): number[] => [...wordStarts(pieces.map((p) => new TextEncoder().encode(p)))]
  it('splits at spaces and punctuation, not inside words', () => {
    expect(starts('An', ' al', 'mond', ',', ' li', 'queur', '.')).toEqual([1, 1, 0, 1, 1, 0, 1])
    expect(starts('naïve', 'té')).toEqual([1, 0])
  })
  it('never splits a character, and splits between characters of scripts without spaces', () => {
    const bytes = new TextEncoder().encode('é')
    expect([...wordStarts([bytes.slice(0, 1), bytes.slice(1)])]).toEqual([1, 0])
    expect(starts('東', '京', 'GDP')).toEqual([1, 1, 1])
  })
})
