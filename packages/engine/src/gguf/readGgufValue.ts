import { fail } from '@openledger/protocol'
import type { ByteSource } from '../files/ByteSource.ts'
import type { GgufArray, GgufMetadataValue, GgufScalar } from './writeGguf.ts'

const kinds = ['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'bool', 'string', 'array', 'uint64', 'int64', 'float64'] as const
const maxString = 1 << 24
const maxArray = 1 << 22

/** Reads a length and that many bytes of UTF-8. @throws InputError `GGUF_STRING` */
export function readGgufString(cursor: ByteSource, limit = maxString): string {
  const length = cursor.take(8).readBigUInt64LE()
  if (length > BigInt(limit)) fail('GGUF_STRING', `the file announces a text of ${length} bytes; at most ${limit} are read`)
  return cursor.take(Number(length)).toString('utf8')
}

function readScalar(cursor: ByteSource, kind: (typeof kinds)[number], key: string): GgufScalar['value'] {
  switch (kind) {
    case 'uint8':
      return cursor.take(1).readUInt8()
    case 'int8':
      return cursor.take(1).readInt8()
    case 'uint16':
      return cursor.take(2).readUInt16LE()
    case 'int16':
      return cursor.take(2).readInt16LE()
    case 'uint32':
      return cursor.take(4).readUInt32LE()
    case 'int32':
      return cursor.take(4).readInt32LE()
    case 'float32':
      return cursor.take(4).readFloatLE()
    case 'float64':
      return cursor.take(8).readDoubleLE()
    case 'uint64':
      return cursor.take(8).readBigUInt64LE()
    case 'int64':
      return cursor.take(8).readBigInt64LE()
    case 'string':
      return readGgufString(cursor)
    case 'bool': {
      const value = cursor.take(1).readUInt8()
      if (value > 1) fail('GGUF_BOOL', `metadata ${key} holds ${value} where 0 or 1 belongs`)
      return value === 1
    }
    case 'array':
      return fail('GGUF_ARRAY', `metadata ${key} holds arrays of arrays, which no model needs`)
  }
}

function readKind(cursor: ByteSource, key: string): (typeof kinds)[number] {
  const number = cursor.take(4).readUInt32LE()
  return kinds[number] ?? fail('GGUF_KIND', `metadata ${key} has the unknown kind ${number}`)
}

/** Reads one metadata value of any kind. @throws InputError `GGUF_KIND`, `GGUF_ARRAY`, `GGUF_BOOL`, `GGUF_STRING` */
export function readGgufValue(cursor: ByteSource, key: string): GgufMetadataValue {
  const kind = readKind(cursor, key)
  if (kind !== 'array') return { type: kind, value: readScalar(cursor, kind, key) } as GgufScalar
  const of = readKind(cursor, key)
  const length = cursor.take(8).readBigUInt64LE()
  if (length > BigInt(maxArray) || length > BigInt(cursor.size)) fail('GGUF_ARRAY', `metadata ${key} announces ${length} items`)
  const value: unknown[] = []
  for (let index = 0; index < Number(length); index++) value.push(readScalar(cursor, of, key))
  return { type: 'array', of, value } as GgufArray
}
