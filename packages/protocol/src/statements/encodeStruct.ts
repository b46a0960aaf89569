import { wordSize, wordWriter, type WordWriter } from '../encoding/abiWords.ts'
import { keccakBytes } from '../encoding/hash.ts'
import { statementTypes, type StatementName } from './types.ts'

const encoder = new TextEncoder()
const writeBytes32 = wordWriter('bytes32')

function writeHash(of: Uint8Array, into: Uint8Array, at: number): true {
  into.set(keccakBytes(of), at)
  return true
}

/** What has a length of its own is written as its hash. */
const writers: Record<string, WordWriter> = {
  string: (value, into, at) => typeof value === 'string' && writeHash(encoder.encode(value), into, at),
  'bytes32[]': (value, into, at) => {
    if (!Array.isArray(value)) return false
    const items = new Uint8Array(wordSize * value.length)
    return value.every((item, index) => writeBytes32(item, items, wordSize * index)) && writeHash(items, into, at)
  },
}

const layouts = Object.fromEntries(
  Object.entries(statementTypes).map(([name, fields]) => {
    const typeHash = keccakBytes(encoder.encode(`${name}(${fields.map(({ type, name: field }) => `${type} ${field}`).join(',')})`))
    return [name, { typeHash, fields: fields.map(({ name: field, type }) => ({ field, writer: writers[type] ?? wordWriter(type) })) }]
  }),
) as Record<StatementName, { typeHash: Uint8Array; fields: { field: string; writer: WordWriter }[] }>

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
  let at = wordSize
  for (const { field, writer } of fields) {
    if (!writer((message as Record<string, unknown>)[field], encoded, at)) return undefined
    at += wordSize
  }
  return encoded
}
