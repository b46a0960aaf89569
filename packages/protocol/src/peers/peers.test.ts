import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { keccak256, type Address } from 'viem'
import { describe, expect, it } from 'vitest'
import { toHex, type Hex } from '../encoding/bytes.ts'
import { adaptersHash } from './adaptersHash.ts'
import { possessionProof, possessionRangeBytes, possessionRangeCount, possessionRanges } from './possession.ts'

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex)
const node: Address = '0x00000000000000000000000000000000000000A1'

describe('possession', () => {
  it('chooses ranges inside the file, by the challenge alone, as its rule says', () => {
    fc.assert(
      fc.property(hash, fc.integer({ min: 1, max: 2 ** 45 }), fc.nat({ max: possessionRangeCount - 1 }), (challenge, size, index) => {
        const ranges = possessionRanges(challenge, size)
        expect(ranges).toHaveLength(possessionRangeCount)
        for (const { start, end } of ranges) {
          expect(start).toBeGreaterThanOrEqual(0)
          expect(end).toBeLessThanOrEqual(size)
          expect(end - start).toBe(Math.min(possessionRangeBytes, size))
        }
        const places = BigInt(size) - BigInt(Math.min(possessionRangeBytes, size)) + 1n
        expect(BigInt(ranges[index]!.start)).toBe(BigInt(keccak256(`${challenge}${index.toString(16).padStart(8, '0')}`)) % places)
      }),
      { numRuns: 15 },
    )
    expect(() => possessionRanges(`0x${'00'.repeat(32)}`, 0)).toThrowError(expect.objectContaining({ code: 'EMPTY_FILE' }))
  })

  it('reaches the whole file: one changed byte in a hundred is found by almost every challenge', () => {
    const size = 4_000_000
    const found = Array.from({ length: 50 }, (_, i) => possessionRanges(keccak256(toHex(Uint8Array.of(i))), size)).filter((ranges) =>
      ranges.some(({ start, end }) => Math.ceil(start / 40_000) * 40_000 < end || start % 40_000 < 400),
    )
    expect(found.length).toBeGreaterThan(45)
  })

  it('hashes challenge, node and ranges in order', () => {
    const challenge: Hex = `0x${'5c'.repeat(32)}`
    const ranges = [Uint8Array.of(1, 2), Uint8Array.of(3)]
    const expected = createHash('sha256').update(Buffer.from('5c'.repeat(32), 'hex')).update(Buffer.from(node.slice(2), 'hex')).update(Uint8Array.of(1, 2, 3)).digest('hex')
    expect(possessionProof(challenge, node, ranges)).toBe(`0x${expected}`)
    expect(possessionProof(challenge, node, [...ranges].reverse())).not.toBe(`0x${expected}`)
    expect(possessionProof(challenge, '0x00000000000000000000000000000000000000a2', ranges)).not.toBe(`0x${expected}`)
  })
})

it('hashes adapters as a set', () => {
  fc.assert(
    fc.property(fc.uniqueArray(hash, { minLength: 1, maxLength: 6 }), (ids) => {
      const sorted = [...ids].sort()
      expect(adaptersHash(ids)).toBe(keccak256(`0x${sorted.map((id) => id.slice(2)).join('')}`))
      expect(adaptersHash([...ids].reverse().concat(ids))).toBe(adaptersHash(ids))
      expect(adaptersHash(ids.slice(1))).not.toBe(adaptersHash(ids))
    }),
    { numRuns: 20 },
  )
})
