import { fail } from '@openledger/protocol'
import type { ByteSource } from '../files/ByteSource.ts'
import { FileCursor } from '../files/FileCursor.ts'
import { allFinite } from './allFinite.ts'
import { bfloatToFloat, halfToFloat } from './halfToFloat.ts'
import { readSafetensorsHeader, type SafeTensorInfo } from './readSafetensorsHeader.ts'

/** A tensor as safetensors store it: outermost extent first, values row by row. */
export type SafeTensor = { shape: number[]; values: Float32Array }

/**
 * Reads all float tensors of a safetensors file as F32; refuses what {@link readSafetensorsHeader} refuses and values that are not finite.
 * @throws InputError `SAFETENSORS_*`, StorageError `FILE_*`
 */
export function readSafetensors(path: string): Map<string, SafeTensor> {
  const cursor = new FileCursor(path)
  try {
    return parseSafetensors(cursor, path)
  } finally {
    cursor.close()
  }
}

/** {@link readSafetensors} on a file that is already open or in memory. @param cursor at the file's start @param path for messages */
export function parseSafetensors(cursor: ByteSource, path: string): Map<string, SafeTensor> {
  const tensors = new Map<string, SafeTensor>()
  for (const entry of readSafetensorsHeader(cursor, path)) {
    tensors.set(entry.name, { shape: entry.shape, values: decode(cursor.readAt(entry.begin, entry.end - entry.begin), entry) })
  }
  return tensors
}

function decode(data: Buffer, { name, dtype }: SafeTensorInfo): Float32Array {
  // A copy of its own: values in a file need not start where a typed array can.
  const bytes = new Uint8Array(data).buffer
  const values = dtype === 'F32' ? new Float32Array(bytes) : (dtype === 'F16' ? halfToFloat : bfloatToFloat)(new Uint16Array(bytes))
  if (!allFinite(values)) fail('SAFETENSORS_NOT_FINITE', `tensor ${name} holds values that are not finite numbers`, { field: name })
  return values
}
