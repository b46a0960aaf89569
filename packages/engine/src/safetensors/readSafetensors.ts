import { fail } from '@openledger/protocol'
import { FileCursor } from '../files/FileCursor.ts'
import { bfloatToFloat, halfToFloat } from './halfToFloat.ts'
import { readSafetensorsHeader, type SafeTensorInfo } from './safetensorsHeader.ts'

/** A tensor as safetensors store it: outermost extent first, values row by row. */
export type SafeTensor = { shape: number[]; values: Float32Array }

/**
 * Reads all float tensors of a safetensors file as F32; refuses what {@link readSafetensorsHeader} refuses and values that are not finite.
 * @throws InputError `SAFETENSORS_*`, StorageError `FILE_*`
 */
export function readSafetensors(path: string): Map<string, SafeTensor> {
  const cursor = new FileCursor(path)
  try {
    const tensors = new Map<string, SafeTensor>()
    for (const entry of readSafetensorsHeader(cursor, path)) {
      tensors.set(entry.name, { shape: entry.shape, values: decode(cursor.readAt(entry.begin, entry.end - entry.begin), entry) })
    }
    return tensors
  } finally {
    cursor.close()
  }
}

function decode(data: Buffer, { name, dtype }: SafeTensorInfo): Float32Array {
  const bytes = Uint8Array.from(data)
  const values = dtype === 'F32' ? new Float32Array(bytes.buffer) : (dtype === 'F16' ? halfToFloat : bfloatToFloat)(new Uint16Array(bytes.buffer))
  if (!values.every(Number.isFinite)) fail('SAFETENSORS_NOT_FINITE', `tensor ${name} holds values that are not finite numbers`, { field: name })
  return values
}
