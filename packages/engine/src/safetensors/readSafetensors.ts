import { fail } from '@openledger/protocol'
import { FileCursor } from '../files/FileCursor.ts'
import { bfloatToFloat, halfToFloat } from './halfToFloat.ts'

/** A tensor as safetensors store it: outermost extent first, values row by row. */
export type SafeTensor = { shape: number[]; values: Float32Array }

type Entry = { name: string; dtype: 'F32' | 'F16' | 'BF16'; shape: number[]; begin: number; end: number }

const maxHeader = 8 << 20
const maxTensors = 100_000
const width = { F32: 4, F16: 2, BF16: 2 } as const

/**
 * Reads all float tensors of a safetensors file as F32.
 * Refuses headers over 8 MiB, unknown types, gaps, overlaps, shapes that do not fit their bytes, and values that are not finite.
 * @throws InputError `SAFETENSORS_*`, StorageError `FILE_*`
 */
export function readSafetensors(path: string): Map<string, SafeTensor> {
  const cursor = new FileCursor(path)
  try {
    const headerBytes = cursor.take(8).readBigUInt64LE()
    if (headerBytes > BigInt(maxHeader)) fail('SAFETENSORS_HEADER', `${path} announces a header of ${headerBytes} bytes; at most ${maxHeader} are read`)
    const entries = parseHeader(cursor.take(Number(headerBytes)), path)
    const dataStart = 8 + Number(headerBytes)
    let expected = 0
    const tensors = new Map<string, SafeTensor>()
    for (const entry of entries.sort((a, b) => a.begin - b.begin || a.end - b.end)) {
      if (entry.begin !== expected) fail('SAFETENSORS_OFFSETS', `tensor ${entry.name} starts at byte ${entry.begin}, ${expected} was due: overlap or gap`)
      expected = entry.end
      if (dataStart + entry.end > cursor.size) fail('SAFETENSORS_TRUNCATED', `tensor ${entry.name} ends behind the end of ${path}`)
      tensors.set(entry.name, { shape: entry.shape, values: decode(cursor.readAt(dataStart + entry.begin, entry.end - entry.begin), entry) })
    }
    if (dataStart + expected !== cursor.size) fail('SAFETENSORS_OFFSETS', `${path} has ${cursor.size - dataStart - expected} bytes that belong to no tensor`)
    return tensors
  } finally {
    cursor.close()
  }
}

function parseHeader(bytes: Buffer, path: string): Entry[] {
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    fail('SAFETENSORS_HEADER', `the header of ${path} is not JSON`, { cause })
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) fail('SAFETENSORS_HEADER', `the header of ${path} is not an object`)
  const names = Object.keys(header).filter((name) => name !== '__metadata__')
  if (names.length > maxTensors) fail('SAFETENSORS_HEADER', `${path} announces ${names.length} tensors; at most ${maxTensors} are read`)
  return names.map((name) => parseEntry(name, (header as Record<string, unknown>)[name]))
}

function parseEntry(name: string, raw: unknown): Entry {
  const bad = (why: string): never => fail('SAFETENSORS_TENSOR', `tensor ${name}: ${why}`, { field: name })
  if (typeof raw !== 'object' || raw === null) return bad('its entry is not an object')
  const { dtype, shape, data_offsets: offsets } = raw as { dtype?: unknown; shape?: unknown; data_offsets?: unknown }
  if (dtype !== 'F32' && dtype !== 'F16' && dtype !== 'BF16') return bad(`type ${String(dtype)} is not F32, F16 or BF16`)
  if (!isCounts(shape) || shape.length > 4) return bad('its shape is not a list of up to four whole numbers')
  if (!isCounts(offsets) || offsets.length !== 2) return bad('its data_offsets are not two whole numbers')
  const elements = shape.reduce((product, extent) => product * extent, 1)
  if (elements < 1 || elements > 2 ** 31) return bad(`its shape [${shape.join()}] holds ${elements} elements`)
  const [begin, end] = offsets as [number, number]
  if (end - begin !== elements * width[dtype]) return bad(`its shape needs ${elements * width[dtype]} bytes, its offsets give ${end - begin}`)
  return { name, dtype, shape, begin, end }
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0)
}

function decode(data: Buffer, { name, dtype }: Entry): Float32Array {
  const bytes = Uint8Array.from(data)
  const values = dtype === 'F32' ? new Float32Array(bytes.buffer) : (dtype === 'F16' ? halfToFloat : bfloatToFloat)(new Uint16Array(bytes.buffer))
  if (!values.every(Number.isFinite)) fail('SAFETENSORS_NOT_FINITE', `tensor ${name} holds values that are not finite numbers`, { field: name })
  return values
}
