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

/** Reads `0x…` hexadecimal; fails with BAD_HEX on anything else. */
export function fromHex(hex: string): Uint8Array {
  if (!/^0x([0-9a-fA-F]{2})*$/.test(hex)) fail('BAD_HEX', 'expected an even number of hexadecimal digits after 0x')
  const out = new Uint8Array((hex.length - 2) / 2)
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(hex.slice(2 + 2 * i, 4 + 2 * i), 16)
  return out
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
