import fc from 'fast-check'
import { bytesToHex } from 'viem'
import { describe, expect, it } from 'vitest'
import { concatBytes, fromHex, toHex, utf8 } from './bytes.ts'
import { compareHex } from './compare.ts'

const anyBytes = fc.uint8Array({ maxLength: 80 })

describe('hexadecimal', () => {
  it('writes as viem does and reads back', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(toHex(bytes)).toBe(bytesToHex(bytes))
        expect(fromHex(toHex(bytes))).toEqual(bytes)
        expect(fromHex(`0x${toHex(bytes).slice(2).toUpperCase()}`)).toEqual(bytes)
      }),
    )
  })

  it.each(['', '0', '0X12', '12', '0x1', '0x123', '0xzz', '0x12 ', ' 0x12', '0x12\n', '0x1_', '0x1é', '0x\u0130\u0661', '0x@G'])('refuses %j', (text) => {
    expect(() => fromHex(text)).toThrow(expect.objectContaining({ code: 'BAD_HEX' }))
  })

  it('is ordered as the numbers are', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 160n }), fc.bigInt({ min: 0n, max: 1n << 160n }), fc.boolean(), (a, b, upper) => {
        const hex = (n: bigint): string => `0x${n.toString(16).padStart(42, '0')}`
        const right = upper ? `0x${hex(b).slice(2).toUpperCase()}` : hex(b)
        expect(Math.sign(compareHex(hex(a), right))).toBe(a < b ? -1 : a > b ? 1 : 0)
      }),
    )
  })
})

describe('bytes', () => {
  it('joins as Buffer.concat does', () => {
    fc.assert(fc.property(fc.array(anyBytes), (parts) => void expect(Buffer.from(concatBytes(...parts))).toEqual(Buffer.concat(parts))))
  })

  it('writes text in NFC', () => {
    expect(utf8('e\u0301')).toEqual(Uint8Array.of(0xc3, 0xa9))
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (s) => void expect(Buffer.from(utf8(s))).toEqual(Buffer.from(s.normalize('NFC'), 'utf8'))))
  })
})
