import { InputError } from '@openledger/protocol'
import { TensorType } from '../graph/TensorType.ts'
import type { Ggml } from '../library/Ggml.ts'

/** The values of packed F32, F16 or BF16 elements as F32. @returns a new array @throws InputError `TO_FLOATS_TYPE` for another type */
export function toFloats(ggml: Ggml, type: TensorType, data: Uint8Array): Float32Array {
  if (type === TensorType.F32) return new Float32Array(new Uint8Array(data).buffer)
  const values = new Float32Array(data.length / 2)
  if (type === TensorType.F16) ggml.base.halfToFloats(data, values, values.length)
  else if (type === TensorType.BF16) ggml.base.bfloatToFloats(data, values, values.length)
  else throw new InputError('TO_FLOATS_TYPE', `elements of type ${type} are not read as floats here`)
  return values
}
