import { wordSize } from './abiWords.ts'
import { concatBytes, fromHex, type Hex } from './bytes.ts'

/** A value of an ABI tuple: a whole number (uint or int, two's complement), an address or bytes32 in hexadecimal, or dynamic bytes. */
export type AbiValue = number | bigint | Hex | Uint8Array

const modulus = 1n << 256n

function word(value: number | bigint | Hex): Uint8Array {
  const out = new Uint8Array(wordSize)
  if (typeof value === 'string') {
    const bytes = fromHex(value)
    out.set(bytes, wordSize - bytes.length)
    return out
  }
  const digits = (((BigInt(value) % modulus) + modulus) % modulus).toString(16).padStart(64, '0')
  return fromHex(`0x${digits}`)
}

/**
 * `abi.encode` of a flat tuple, without the detour over hexadecimal text that large leaves cannot afford: numbers, addresses and 32-byte words in
 * their places, dynamic bytes behind them with their length, padded with zeros.
 */
export function abiEncode(values: readonly AbiValue[]): Uint8Array {
  const heads: Uint8Array[] = []
  const tails: Uint8Array[] = []
  let offset = wordSize * values.length
  for (const value of values) {
    if (!(value instanceof Uint8Array)) {
      heads.push(word(value))
      continue
    }
    const padded = new Uint8Array(wordSize * (1 + Math.ceil(value.length / wordSize)))
    padded.set(word(value.length))
    padded.set(value, wordSize)
    heads.push(word(offset))
    tails.push(padded)
    offset += padded.length
  }
  return concatBytes(...heads, ...tails)
}
