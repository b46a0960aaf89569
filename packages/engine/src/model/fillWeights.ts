import { createHash } from 'node:crypto'
import { fail, type Hex } from '@openledger/protocol'
import type { Tensor, TensorType } from '@openledger/tensor'
import type { FileCursor } from '../files/FileCursor.ts'
import type { GgufFile, GgufTensorInfo } from '../gguf/readGguf.ts'
import { tensorEncodings } from '../gguf/tensorEncodings.ts'
import type { WeightMemory } from './WeightMemory.ts'

const chunkBytes = 8 << 20

/**
 * Reads a whole model file once: hashes it, checks that all weights are finite numbers, and copies those whose memory is not the file itself.
 * @returns SHA-256 of the file
 * @throws InputError `MODEL_NOT_FINITE`, StorageError `FILE_TRUNCATED`
 */
export function fillWeights(cursor: FileCursor, file: GgufFile, tensors: ReadonlyMap<string, Tensor>, memory: WeightMemory): Hex {
  const hash = createHash('sha256')
  let hashed = 0
  const ordered = [...file.tensors.values()].sort((a, b) => a.offset - b.offset)
  for (const info of ordered) {
    if (info.offset > hashed) hash.update(cursor.readAt(hashed, info.offset - hashed))
    fillTensor(cursor, info, tensors.get(info.name)!, memory, (chunk) => hash.update(chunk))
    hashed = info.offset + info.bytes
  }
  for (; hashed < cursor.size; hashed += Math.min(chunkBytes, cursor.size - hashed)) hash.update(cursor.readAt(hashed, Math.min(chunkBytes, cursor.size - hashed)))
  return `0x${hash.digest('hex')}`
}

function fillTensor(cursor: FileCursor, info: GgufTensorInfo, tensor: Tensor, memory: WeightMemory, seen: (chunk: Buffer) => void): void {
  const { blockBytes } = tensorEncodings.get(info.type)!
  const whole = tensor.isOpaque ? new Uint8Array(info.bytes) : null
  const step = Math.floor(chunkBytes / blockBytes) * blockBytes
  for (let done = 0; done < info.bytes; done += step) {
    const chunk = cursor.readAt(info.offset + done, Math.min(step, info.bytes - done))
    if (!memory.backend.rowsAreFinite(info.type as TensorType, chunk)) fail('MODEL_NOT_FINITE', `tensor ${info.name} holds values that are not finite numbers`)
    if (whole) whole.set(chunk, done)
    else if (!memory.holds(tensor)) tensor.write(chunk, done)
    seen(chunk)
  }
  if (whole) tensor.write(whole)
}
