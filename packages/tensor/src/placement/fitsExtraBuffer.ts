import koffi from 'koffi'
import type { Pointer } from '../library/bindFunctions.ts'
import type { Ggml } from '../library/Ggml.ts'
import { cpuDevice } from '../device/listDevices.ts'
import { TensorContext } from '../graph/TensorContext.ts'
import { TensorType } from '../graph/TensorType.ts'
import type { ExtraBufferType } from './findExtraBufferType.ts'

/** Where `struct ggml_tensor` keeps its buffer. */
const bufferOffset = 8n
/** The kernels work on whole tiles of rows. */
const rowMultiple = 32

/**
 * Whether products with a weight matrix of this type and shape are computed from an extra kind of memory: asked of ggml with a trial product.
 * @param shape [input, output]
 */
export function fitsExtraBuffer(ggml: Ggml, kind: ExtraBufferType, type: TensorType, shape: readonly number[]): boolean {
  if (shape.length !== 2 || shape[1]! % rowMultiple !== 0) return false
  const context = new TensorContext(ggml, { tensors: 4 })
  const empty = ggml.base.allocateBuffer<Pointer | null>(kind.address, 0)
  try {
    if (!empty) return false
    const weight = context.tensor(type, shape)
    const product = context.ops.mulMat(weight, context.tensor(TensorType.F32, [shape[0]!, 512]))
    koffi.encode(weight.address + bufferOffset, 'void *', empty)
    return ggml.base.deviceSupportsOperation<boolean>(cpuDevice(ggml).address, product.address)
  } finally {
    if (empty) ggml.base.freeBuffer(empty)
    context.dispose()
  }
}
