import { isAddress } from 'viem'
import { keccakBytes } from '../encoding/hash.ts'
import { statementTypes, type StatementName } from './types.ts'

/** Writes a value of one type into its word, 32 zero bytes; false when it is none that this type plainly has. */
type Writer = (value: unknown, word: Uint8Array) => boolean

const wordSize = 32
const encoder = new TextEncoder()

/** Writes digits that end a word. */
function writeHex(digits: string, word: Uint8Array): true {
  for (let at = wordSize, end = digits.length; end > 0; end -= 2) word[--at] = Number.parseInt(digits.slice(Math.max(0, end - 2), end), 16)
  return true
}

const writeBytes32: Writer = (value, word) => typeof value === 'string' && /^0x[0-9a-f]{64}$/i.test(value) && writeHex(value.slice(2), word)
const writers: Record<string, Writer> = {
  bytes32: writeBytes32,
  address: (value, word) => typeof value === 'string' && isAddress(value) && writeHex(value.slice(2), word),
  string: (value, word) => typeof value === 'string' && write(keccakBytes(encoder.encode(value)), word),
  'bytes32[]': (value, word) => {
    if (!Array.isArray(value)) return false
    const words = new Uint8Array(wordSize * value.length)
    return value.every((item, index) => writeBytes32(item, words.subarray(wordSize * index, wordSize * (index + 1)))) && write(keccakBytes(words), word)
  },
}

function write(hash: Uint8Array, word: Uint8Array): true {
  word.set(hash)
  return true
}

/** The writer of a whole number of so many bits. */
function uintWriter(bits: number): Writer {
  const end = 1n << BigInt(bits)
  return (value, word) => {
    const number = typeof value === 'bigint' ? value : Number.isSafeInteger(value) ? BigInt(value as number) : -1n
    return number >= 0n && number < end && writeHex(number.toString(16), word)
  }
}

const layouts = Object.fromEntries(
  Object.entries(statementTypes).map(([name, fields]) => {
    const typeHash = keccakBytes(encoder.encode(`${name}(${fields.map(({ type, name: field }) => `${type} ${field}`).join(',')})`))
    return [name, { typeHash, fields: fields.map(({ name: field, type }) => ({ field, writer: writers[type] ?? uintWriter(Number(type.slice('uint'.length))) })) }]
  }),
) as Record<StatementName, { typeHash: Uint8Array; fields: { field: string; writer: Writer }[] }>

/**
 * What the struct hash of a statement is taken of: the hash of its type and a word for each field (EIP-712, "Definition of encodeData"), without
 * building the type's text each time.
 * @returns undefined when a field holds something that its type does not plainly have: the caller asks a slower encoder what is wrong with it
 */
export function encodeStruct(name: StatementName, message: object): Uint8Array | undefined {
  const { typeHash, fields } = layouts[name]
  const encoded = new Uint8Array(wordSize * (1 + fields.length))
  encoded.set(typeHash)
  for (const [index, { field, writer }] of fields.entries()) {
    if (!writer((message as Record<string, unknown>)[field], encoded.subarray(wordSize * (index + 1), wordSize * (index + 2)))) return undefined
  }
  return encoded
}
