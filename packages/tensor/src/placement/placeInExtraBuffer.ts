import { UnavailableError } from '@openledger/protocol'
import type { Pointer } from '../library/bindFunctions.ts'
import type { Backend } from '../graph/Backend.ts'
import { DeviceBuffer } from '../graph/DeviceBuffer.ts'
import type { Tensor } from '../graph/Tensor.ts'
import type { TensorContext } from '../graph/TensorContext.ts'
import type { ExtraBufferType } from './findExtraBufferType.ts'

/**
 * Gives tensors memory of an extra kind. Each is then written as a whole, once, and cannot be read back. The caller disposes the buffer.
 * @param tensors all of a type and shape that `fitsExtraBuffer`
 * @throws UnavailableError `OUT_OF_MEMORY`
 */
export function placeInExtraBuffer({ ggml }: Backend, context: TensorContext, kind: ExtraBufferType, tensors: readonly Tensor[]): DeviceBuffer {
  const { base } = ggml
  const alignment = base.bufferAlignment<number>(kind.address)
  const sizes = tensors.map((tensor) => Math.ceil(base.sizeInBuffer<number>(kind.address, tensor.address) / alignment) * alignment)
  const address = base.allocateBuffer<Pointer | null>(kind.address, sizes.reduce((sum, size) => sum + size, alignment))
  if (!address) throw new UnavailableError('OUT_OF_MEMORY', `no memory of the kind ${kind.name} for the weights`, { action: 'stop', fix: 'turn extra buffers off, or use a smaller model' })
  const buffer = new DeviceBuffer(context, address)
  const start = base.bufferBase<Pointer>(address)
  let at = start + ((BigInt(alignment) - (start % BigInt(alignment))) % BigInt(alignment))
  tensors.forEach((tensor, index) => {
    base.placeTensor<number>(address, tensor.address, at)
    tensor.markOpaque()
    at += BigInt(sizes[index]!)
  })
  return buffer
}
