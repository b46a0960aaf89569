import { encodeAbiParameters, isAddress } from 'viem'
import { fromHex, readDigits, type Hex } from './bytes.ts'

/** Bytes of a word. */
export const wordSize = 32
const addressSize = 20

/** Writes a value into the word that begins at `at` and is zero; false when it is none that the type plainly has. */
export type WordWriter = (value: unknown, into: Uint8Array, at: number) => boolean

/** Addresses that were found well written, with their checksum where they have one; forgotten when they become many. */
const addresses = new Set<string>()
const addressesKept = 4096

function isWellWritten(address: string): boolean {
  if (addresses.has(address)) return true
  if (!isAddress(address)) return false
  if (addresses.size >= addressesKept) addresses.clear()
  addresses.add(address)
  return true
}

const writeBytes32: WordWriter = (value, into, at) => typeof value === 'string' && value.length === 2 + 2 * wordSize && value.startsWith('0x') && readDigits(value, 2, into, at, wordSize)

const writeAddress: WordWriter = (value, into, at) => typeof value === 'string' && isWellWritten(value) && readDigits(value, 2, into, at + wordSize - addressSize, addressSize)

/** Writes a whole number that a double holds exactly. */
function writeSmall(number: number, into: Uint8Array, at: number): true {
  for (let place = at + wordSize - 1, rest = number; rest > 0; place--, rest = Math.floor(rest / 256)) into[place] = rest % 256
  return true
}

function writeUint(bits: number): WordWriter {
  const end = 1n << BigInt(bits)
  return (value, into, at) => {
    const number = typeof value === 'bigint' ? value : Number.isSafeInteger(value) ? BigInt(value as number) : -1n
    if (number < 0n || number >= end) return false
    if (number <= BigInt(Number.MAX_SAFE_INTEGER)) return writeSmall(Number(number), into, at)
    return readDigits(number.toString(16).padStart(2 * wordSize, '0'), 0, into, at, wordSize)
  }
}

/** What writes values of a type of one word: `address`, `bytes32`, `uint8` to `uint256`. */
export function wordWriter(type: string): WordWriter {
  if (type === 'bytes32') return writeBytes32
  return type === 'address' ? writeAddress : writeUint(Number(type.slice('uint'.length)))
}

/** `abi.encode` of a list of bytes32. @throws viem's errors */
export function abiHashes(hashes: readonly Hex[]): Uint8Array {
  const words = new Uint8Array(wordSize * (2 + hashes.length))
  writeSmall(wordSize, words, 0)
  writeSmall(hashes.length, words, wordSize)
  const isPlain = hashes.every((hash, index) => writeBytes32(hash, words, wordSize * (2 + index)))
  return isPlain ? words : fromHex(encodeAbiParameters([{ type: 'bytes32[]' }], [[...hashes]]))
}

/**
 * `abi.encode` of a tuple of such types, 6 to 16 times faster than by the general encoder, which is asked only to say what is wrong with a value.
 * @returns what encodes values; it throws viem's errors
 */
export function abiWords<Values extends readonly unknown[]>(...types: { [I in keyof Values]: string }): (...values: Values) => Uint8Array {
  const writers = types.map(wordWriter)
  return (...values) => {
    const words = new Uint8Array(wordSize * writers.length)
    const isPlain = writers.every((write, index) => write(values[index], words, wordSize * index))
    return isPlain ? words : fromHex(encodeAbiParameters(types.map((type) => ({ type })), values))
  }
}
