import { fail } from '../errors/fail.ts'

/** Bytes as `0x` and lower-case hexadecimal. */
export type Hex = `0x${string}`

const digits = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'))

/** Writes bytes as `0x…` hexadecimal. */
export function toHex(bytes: Uint8Array): Hex {
  let out = '0x'
  for (const b of bytes) out += digits[b]
  return out as Hex
}

/** The value of each hexadecimal digit by its character code; 255 for what is none. */
const values = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16)
  return Number.isNaN(value) ? 255 : value
})

/**
 * Reads hexadecimal digits, two to a byte, into bytes that are there.
 * @param from the place of the first digit
 * @param at where the first byte goes; as many follow as `count`
 * @returns whether all of them are digits
 */
export function readDigits(text: string, from: number, into: Uint8Array, at = 0, count = into.length): boolean {
  let all = 0
  for (let place = at, digit = from; place < at + count; place++, digit += 2) {
    const high = values[text.charCodeAt(digit)] ?? 255
    const low = values[text.charCodeAt(digit + 1)] ?? 255
    all |= high | low
    into[place] = (high << 4) | low
  }
  return all < 16
}

/** Reads `0x…` hexadecimal; fails with BAD_HEX on anything else. */
export function fromHex(hex: string): Uint8Array {
  const out = new Uint8Array(Math.max(0, (hex.length - 2) >> 1))
  const isHex = hex.startsWith('0x') && hex.length % 2 === 0 && readDigits(hex, 2, out)
  return isHex ? out : fail('BAD_HEX', 'expected an even number of hexadecimal digits after 0x')
}

/** Joins byte arrays. */
export function concatBytes(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** A string as UTF-8 of its NFC form: the only form in which text is hashed. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text.normalize('NFC'))
}
