import type { TensorType } from '../graph/TensorType.ts'
import type { Ggml } from '../library/Ggml.ts'

/** Whether packed elements of a type hold only finite numbers. @param data whole blocks of the type */
export function rowsAreFinite(ggml: Ggml, type: TensorType, data: Uint8Array): boolean {
  return ggml.base.validateRows<boolean>(type, data, data.length)
}
