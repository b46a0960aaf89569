import { closeSync, openSync, readSync, writeFileSync } from 'node:fs'
import { ggufTensorTypes, readGguf, writeGguf, type GgufTensorData, type GgufTensorType } from '@openledger/engine'
import { loadGgml, quantize } from '@openledger/tensor'
import { fail } from '@openledger/protocol'

const half = (bits: number): number => {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023]
  return (bits & 0x8000 ? -1 : 1) * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
}

/** The values of Q8_0 blocks: 32 signed bytes behind a scale in half precision. */
function fromQ8(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values = new Float32Array((bytes.length / 34) * 32)
  for (let block = 0; block * 34 < bytes.length; block++) {
    const scale = half(view.getUint16(block * 34, true))
    for (let i = 0; i < 32; i++) values[block * 32 + i] = scale * view.getInt8(block * 34 + 2 + i)
  }
  return values
}

/**
 * Writes a model once more with the matrices of its layers, and its embedding, in a coarser encoding: everything else stays as it is.
 * @param type an encoding of blocks of 32 values
 * @throws InputError GGUF_TYPE where a matrix is not Q8_0
 */
export function writeCoarserBase(from: string, to: string, type: Extract<GgufTensorType, 'Q4_0' | 'Q5_0' | 'Q5_1' | 'Q4_1'>): void {
  const { metadata, tensors } = readGguf(from)
  const ggml = loadGgml()
  const file = openSync(from, 'r')
  try {
    const written = [...tensors.values()].map(({ name, shape, type: number, offset, bytes }): GgufTensorData => {
      const data = new Uint8Array(bytes)
      readSync(file, data, 0, bytes, offset)
      const kept = (Object.keys(ggufTensorTypes) as GgufTensorType[]).find((known) => ggufTensorTypes[known].id === number)!
      if (shape.length === 1) return { name, shape, type: kept, data }
      if (kept !== 'Q8_0') fail('GGUF_TYPE', `${name} is ${kept}; only Q8_0 is made coarser here`, { fix: 'use a base of Q8_0 matrices' })
      return { name, shape, type, data: quantize(ggml, ggufTensorTypes[type].id, fromQ8(data), shape[0]!) }
    })
    const { 'general.alignment': _, ...kept } = Object.fromEntries(metadata)
    writeFileSync(to, writeGguf(kept, written))
  } finally {
    closeSync(file)
  }
}
