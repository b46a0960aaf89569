import { InputError } from '@openledger/protocol'
import type { TensorType } from '../graph/TensorType.ts'
import type { Ggml } from '../library/Ggml.ts'

/**
 * Converts rows of F32 into another type (F16, BF16, Q8_0, ...), by ggml's reference rounding.
 * @param values `rows * perRow` elements
 * @param perRow row length; a multiple of the type's block
 * @returns the bytes as ggml and GGUF lay them out
 */
export function quantize(ggml: Ggml, type: TensorType, values: Float32Array, perRow: number): Uint8Array {
  const block = ggml.base.blockSize<number>(type)
  if (perRow < 1 || perRow % block !== 0 || values.length % perRow !== 0) {
    throw new InputError('QUANTIZE_SHAPE', `${values.length} values do not make rows of ${perRow} in blocks of ${block}`)
  }
  const rows = values.length / perRow
  const target = new Uint8Array(ggml.base.rowSize<number>(type, perRow) * rows)
  if (type === 0) target.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  else ggml.base.quantizeChunk(type, values, target, 0, rows, perRow, null)
  return target
}
