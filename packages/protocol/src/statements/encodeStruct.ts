import { isAddress } from 'viem'
import { readDigits } from '../encoding/bytes.ts'
import { keccakBytes } from '../encoding/hash.ts'
import { statementTypes, type StatementName } from './types.ts'

/** Writes a value of one type into its word, 32 zero bytes; false when it is none that this type plainly has. */
type Writer = (value: unknown, word: Uint8Array) => boolean

const wordSize = 32
const addressSize = 20
const encoder = new TextEncoder()

/** Reads `0x` and the digits of as many bytes as there are. */
const readHex = (value: unknown, bytes: Uint8Array): boolean => typeof value === 'string' && value.length === 2 + 2 * bytes.length && value.startsWith('0x') && readDigits(value, 2, bytes)

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

const writers: Record<string, Writer> = {
  bytes32: readHex,
  address: (value, word) => typeof value === 'string' && isWellWritten(value) && readHex(value, word.subarray(wordSize - addressSize)),
  string: (value, word) => typeof value === 'string' && write(keccakBytes(encoder.encode(value)), word),
  'bytes32[]': (value, word) => {
    if (!Array.isArray(value)) return false
    const words = new Uint8Array(wordSize * value.length)
    return value.every((item, index) => readHex(item, words.subarray(wordSize * index, wordSize * (index + 1)))) && write(keccakBytes(words), word)
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
    return number >= 0n && number < end && readDigits(number.toString(16).padStart(2 * wordSize, '0'), 0, word)
  }
}

const layouts = Object.fromEntries(
  Object.entries(statementTypes).map(([name, fields]) => {
    const typeHash = keccakBytes(encoder.encode(`${name}(${fields.map(({ type, name: field }) => `${type} ${field}`).join(',')})`))
    return [name, { typeHash, fields: fields.map(({ name: field, type }) => ({ field, writer: writers[type] ?? uintWriter(Number(type.slice('uint'.length))) })) }]
  }),
) as Record<StatementName, { typeHash: Uint8Array; fields: { field: string; writer: Writer }[] }>

/** Room for the largest statement: memory of this size is asked for outside of the heap each time. */
const words = new Uint8Array(wordSize * (1 + Math.max(...Object.values(layouts).map(({ fields }) => fields.length))))

/**
 * What the struct hash of a statement is taken of: the hash of its type and a word for each field (EIP-712, "Definition of encodeData"), without
 * building the type's text each time.
 * @returns bytes that hold until the next call; undefined when a field holds something that its type does not plainly have: the caller asks a slower encoder what is wrong with it
 */
export function encodeStruct(name: StatementName, message: object): Uint8Array | undefined {
  const { typeHash, fields } = layouts[name]
  const encoded = words.subarray(0, wordSize * (1 + fields.length)).fill(0)
  encoded.set(typeHash)
  for (const [index, { field, writer }] of fields.entries()) {
    if (!writer((message as Record<string, unknown>)[field], encoded.subarray(wordSize * (index + 1), wordSize * (index + 2)))) return undefined
  }
  return encoded
}
