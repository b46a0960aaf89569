import { InputError, UnavailableError } from '@openledger/protocol'
import type { Pointer } from '../library/bindFunctions.ts'
import type { Backend } from '../graph/Backend.ts'
import { DeviceBuffer } from '../graph/DeviceBuffer.ts'
import type { Tensor } from '../graph/Tensor.ts'
import type { TensorContext } from '../graph/TensorContext.ts'
import type { MappedFile } from './MappedFile.ts'

/** Bytes at whose multiples the CPU wants its tensors to start. */
export const cpuAlignment = 32

/**
 * Lets tensors stand where their elements lie in a mapped file: no memory is taken and nothing is copied. They must not be written.
 * The buffer is disposed before the file.
 * @param places offset of each tensor's elements in the file, a multiple of {@link cpuAlignment}
 * @throws InputError `TENSOR_RANGE`, UnavailableError `OUT_OF_MEMORY`
 */
export function placeInMapping(backend: Backend, context: TensorContext, file: MappedFile, places: ReadonlyMap<Tensor, number>): DeviceBuffer {
  const { base } = backend.ggml
  for (const [tensor, offset] of places) {
    if (backend.kind !== 'cpu' || offset % cpuAlignment !== 0 || offset < 0 || offset + tensor.bytes > file.bytes) {
      throw new InputError('TENSOR_RANGE', `tensor ${tensor.name} cannot stand at byte ${offset} of a file of ${file.bytes} bytes`, { action: 'stop' })
    }
  }
  const address = base.bufferFromPointer<Pointer | null>(file.address, file.bytes)
  if (!address) throw new UnavailableError('OUT_OF_MEMORY', 'no buffer for a mapped file', { action: 'stop' })
  const buffer = new DeviceBuffer(context, address)
  for (const [tensor, offset] of places) base.placeTensor<number>(address, tensor.address, file.address + BigInt(offset))
  return buffer
}
