import { fail } from '@openledger/protocol'
import type { SafeTensor } from './readSafetensors.ts'

/**
 * Encodes F32 tensors as one safetensors file, in the order of their names, so that equal tensors give equal bytes.
 * @param metadata text pairs for the `__metadata__` entry
 */
export function writeSafetensors(tensors: ReadonlyMap<string, SafeTensor>, metadata: Record<string, string> = {}): Uint8Array {
  const names = [...tensors.keys()].sort()
  const header: Record<string, unknown> = { __metadata__: metadata }
  let offset = 0
  for (const name of names) {
    const { shape, values } = tensors.get(name)!
    if (values.length !== shape.reduce((product, extent) => product * extent, 1)) fail('SAFETENSORS_TENSOR', `tensor ${name} does not fill its shape`)
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] }
    offset += values.byteLength
  }
  const text = Buffer.from(JSON.stringify(header), 'utf8')
  const padded = Math.ceil(text.length / 8) * 8
  const file = Buffer.alloc(8 + padded + offset, 0x20)
  file.writeBigUInt64LE(BigInt(padded))
  text.copy(file, 8)
  let at = 8 + padded
  for (const name of names) {
    const { values } = tensors.get(name)!
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at)
    at += values.byteLength
  }
  return file
}
