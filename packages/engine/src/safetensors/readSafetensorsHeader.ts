import { fail } from '@openledger/protocol'
import type { ByteSource } from '../files/ByteSource.ts'

/** Where one tensor lies in a safetensors file: `begin` and `end` are bytes from the start of the file. */
export type SafeTensorInfo = { name: string; dtype: 'F32' | 'F16' | 'BF16'; shape: number[]; begin: number; end: number }

const maxHeader = 8 << 20
const maxTensors = 100_000
const width = { F32: 4, F16: 2, BF16: 2 } as const

/**
 * Reads the header of a safetensors file from its start: the places of its float tensors, in the order of the file, no elements.
 * Refuses headers over 8 MiB, unknown types, gaps, overlaps, shapes that do not fit their bytes, and files that end early or late.
 * @throws InputError `SAFETENSORS_*`, StorageError `FILE_TRUNCATED`
 */
export function readSafetensorsHeader(cursor: ByteSource, path: string): SafeTensorInfo[] {
  const headerBytes = cursor.take(8).readBigUInt64LE()
  if (headerBytes > BigInt(maxHeader)) fail('SAFETENSORS_HEADER', `${path} announces a header of ${headerBytes} bytes; at most ${maxHeader} are read`)
  const entries = parseHeader(cursor.take(Number(headerBytes)), path)
  const dataStart = 8 + Number(headerBytes)
  let expected = 0
  for (const entry of entries.sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin !== expected) fail('SAFETENSORS_OFFSETS', `tensor ${entry.name} starts at byte ${entry.begin}, ${expected} was due: overlap or gap`)
    expected = entry.end
    if (dataStart + entry.end > cursor.size) fail('SAFETENSORS_TRUNCATED', `tensor ${entry.name} ends behind the end of ${path}`, { fix: 'copy or download the file again' })
    entry.begin += dataStart
    entry.end += dataStart
  }
  if (dataStart + expected !== cursor.size) fail('SAFETENSORS_OFFSETS', `${path} has ${cursor.size - dataStart - expected} bytes that belong to no tensor`)
  return entries
}

function parseHeader(bytes: Buffer, path: string): SafeTensorInfo[] {
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

function parseEntry(name: string, raw: unknown): SafeTensorInfo {
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
