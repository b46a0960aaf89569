import { fail } from '@openledger/protocol'
import type { ByteSource } from '../files/ByteSource.ts'
import { FileCursor } from '../files/FileCursor.ts'
import { readGgufValue, readGgufString } from './readGgufValue.ts'
import { tensorEncodings } from './tensorEncodings.ts'
import type { GgufMetadataValue } from './writeGguf.ts'

/** Where one tensor lies in a GGUF file. */
export type GgufTensorInfo = {
  name: string
  /** Extents, innermost first, one to four of them. */
  shape: number[]
  /** ggml's type number. */
  type: number
  /** First byte, from the start of the file. */
  offset: number
  bytes: number
}

export type GgufFile = {
  path: string
  version: number
  metadata: Map<string, GgufMetadataValue>
  tensors: Map<string, GgufTensorInfo>
  /** Size of the whole file in bytes. */
  size: number
}

const maxEntries = 65_536
const maxElements = 2 ** 40

/**
 * Reads the header of a GGUF file (version 2 or 3, little-endian): metadata and the places of the tensors, no elements.
 * Nothing that the file says is believed: counts, lengths, shapes, types and places are checked against each other and the file's size.
 * @throws InputError `GGUF_*`, StorageError `FILE_TRUNCATED` or `FILE_UNREADABLE`
 */
export function readGguf(path: string): GgufFile {
  const cursor = new FileCursor(path)
  try {
    return parseGguf(cursor, path)
  } finally {
    cursor.close()
  }
}

/** {@link readGguf} on a file that is already open or in memory. @param cursor at the file's start @param path for messages */
export function parseGguf(cursor: ByteSource, path: string): GgufFile {
  if (cursor.size < 24 || cursor.take(4).toString('latin1') !== 'GGUF') fail('GGUF_MAGIC', `${path} is not a GGUF file`)
  const version = cursor.take(4).readUInt32LE()
  if (version !== 2 && version !== 3) fail('GGUF_VERSION', `${path} is GGUF version ${version}; versions 2 and 3 (little-endian) can be read`)
  const tensorCount = readCount(cursor, 'tensors')
  const entryCount = readCount(cursor, 'metadata entries')
  const metadata = new Map<string, GgufMetadataValue>()
  for (let index = 0; index < entryCount; index++) {
    const key = readGgufString(cursor)
    if (metadata.has(key)) fail('GGUF_DUPLICATE', `metadata key ${key} stands twice in ${path}`)
    metadata.set(key, readGgufValue(cursor, key))
  }
  const tensors = readTensorInfos(cursor, tensorCount)
  placeTensors(tensors, alignmentOf(metadata), cursor)
  return { path, version, metadata, tensors, size: cursor.size }
}

function readCount(cursor: ByteSource, what: string): number {
  const count = cursor.take(8).readBigUInt64LE()
  if (count > BigInt(maxEntries)) fail('GGUF_COUNT', `the file announces ${count} ${what}; at most ${maxEntries} are read`)
  return Number(count)
}

function alignmentOf(metadata: Map<string, GgufMetadataValue>): number {
  const entry = metadata.get('general.alignment')
  if (!entry) return 32
  const value = entry.type === 'uint32' ? entry.value : 0
  if (value < 8 || value > 65_536 || (value & (value - 1)) !== 0) fail('GGUF_ALIGNMENT', 'general.alignment is not a power of two from 8 to 65536')
  return value
}

function readTensorInfos(cursor: ByteSource, count: number): Map<string, GgufTensorInfo> {
  const tensors = new Map<string, GgufTensorInfo>()
  for (let index = 0; index < count; index++) {
    const name = readGgufString(cursor, 128)
    if (name === '' || tensors.has(name)) fail('GGUF_DUPLICATE', `tensor name "${name}" is empty or stands twice`)
    const axes = cursor.take(4).readUInt32LE()
    if (axes < 1 || axes > 4) fail('GGUF_SHAPE', `tensor ${name} has ${axes} axes; one to four can be read`)
    const shape: number[] = []
    let elements = 1
    for (let axis = 0; axis < axes; axis++) {
      const extent = cursor.take(8).readBigUInt64LE()
      if (extent < 1n || extent > BigInt(maxElements)) fail('GGUF_SHAPE', `tensor ${name} has an extent of ${extent}`)
      shape.push(Number(extent))
      elements *= Number(extent)
      if (elements > maxElements) fail('GGUF_SHAPE', `tensor ${name} has more than ${maxElements} elements`)
    }
    const type = cursor.take(4).readUInt32LE()
    const encoding = tensorEncodings.get(type)
    if (!encoding) fail('GGUF_TYPE', `tensor ${name} has element type ${type}, which cannot be read`)
    if (shape[0]! % encoding.blockValues !== 0) fail('GGUF_SHAPE', `rows of ${name} are not whole blocks of ${encoding.name}`)
    const offset = cursor.take(8).readBigUInt64LE()
    if (offset > BigInt(cursor.size)) fail('GGUF_OFFSET', `tensor ${name} lies behind the end of the file`)
    tensors.set(name, { name, shape, type, offset: Number(offset), bytes: (elements / encoding.blockValues) * encoding.blockBytes })
  }
  return tensors
}

function placeTensors(tensors: Map<string, GgufTensorInfo>, alignment: number, cursor: ByteSource): void {
  const dataStart = Math.ceil(cursor.position / alignment) * alignment
  const ordered = [...tensors.values()].sort((a, b) => a.offset - b.offset)
  let end = 0
  for (const tensor of ordered) {
    if (tensor.offset % alignment !== 0) fail('GGUF_OFFSET', `tensor ${tensor.name} does not start at a multiple of ${alignment}`)
    if (tensor.offset < end) fail('GGUF_OVERLAP', `tensor ${tensor.name} overlaps another one`)
    end = tensor.offset + tensor.bytes
    if (dataStart + end > cursor.size) fail('GGUF_TRUNCATED', `tensor ${tensor.name} ends behind the end of the file`, { fix: 'copy or download the file again' })
    tensor.offset += dataStart
  }
}
