import { fail } from '@openledger/protocol'
import { ggufTensorBytes, type GgufTensorType } from './writeGguf.ts'

const scratch = new DataView(new ArrayBuffer(4))

/** IEEE 754 half-precision bits of a number, rounded to nearest, ties to even; overflow gives infinity. */
export function halfBits(value: number): number {
  scratch.setFloat32(0, value)
  const bits = scratch.getUint32(0)
  const sign = (bits >>> 16) & 0x8000
  const exponent = (bits >>> 23) & 0xff
  const mantissa = bits & 0x7fffff
  if (exponent === 0xff) return sign | 0x7c00 | (mantissa ? 0x200 : 0)
  const shifted = exponent - 112
  if (shifted >= 31) return sign | 0x7c00
  const full = shifted > 0 ? (shifted << 23) | mantissa : mantissa | 0x800000
  const drop = shifted > 0 ? 13 : 14 - shifted
  if (drop > 24) return sign
  const kept = full >>> drop
  const rest = full & ((1 << drop) - 1)
  const middle = 1 << (drop - 1)
  return sign | (kept + (rest > middle || (rest === middle && kept & 1) ? 1 : 0))
}

/**
 * Encodes float values as tensor data for {@link writeGguf}: F32, F16, BF16 or Q8_0 (blocks of 32, scale = max|x|/127,
 * values rounded half away from zero, as ggml's reference quantiser does). `shape` is in ggml order, values row by row.
 */
export function encodeTensor(values: Float32Array, shape: readonly number[], type: GgufTensorType): Uint8Array {
  const bytes = new Uint8Array(ggufTensorBytes(type, shape))
  if (values.length !== shape.reduce((a, b) => a * b, 1)) {
    fail('GGUF_DATA', `${values.length} values do not fill the shape [${shape.join(', ')}]`)
  }
  const view = new DataView(bytes.buffer)
  switch (type) {
    case 'F32':
      values.forEach((value, i) => view.setFloat32(4 * i, value, true))
      return bytes
    case 'F16':
      values.forEach((value, i) => view.setUint16(2 * i, halfBits(value), true))
      return bytes
    case 'BF16':
      values.forEach((value, i) => {
        scratch.setFloat32(0, value)
        const bits = scratch.getUint32(0)
        const rounded = Number.isNaN(value) ? (bits >>> 16) | 64 : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16
        view.setUint16(2 * i, rounded & 0xffff, true)
      })
      return bytes
    case 'Q8_0':
      for (let block = 0; block * 32 < values.length; block += 1) {
        let most = 0
        for (let i = 0; i < 32; i += 1) most = Math.max(most, Math.abs(values[block * 32 + i]!))
        const scale = Math.fround(most / 127)
        const inverse = scale === 0 ? 0 : Math.fround(1 / scale)
        view.setUint16(block * 34, halfBits(scale), true)
        for (let i = 0; i < 32; i += 1) {
          const scaled = Math.fround(values[block * 32 + i]! * inverse)
          view.setInt8(block * 34 + 2 + i, Math.sign(scaled) * Math.floor(Math.abs(scaled) + 0.5))
        }
      }
      return bytes
    default:
      return fail('GGUF_TYPE', `${type} data cannot be made from floats here; use F32, F16, BF16 or Q8_0`)
  }
}
