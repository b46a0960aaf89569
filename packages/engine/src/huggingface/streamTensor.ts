import { fail } from '@openledger/protocol'
import { type Ggml, quantize, rowsAreFinite, toFloats, TensorType } from '@openledger/tensor'
import { ggufTensorTypes } from '../gguf/writeGguf.ts'
import type { PlannedTensor } from './planTensors.ts'

const chunkBytes = 8 << 20

/**
 * The bytes of a planned tensor in its encoding, part by part, rows in their new places: never much more than 8 MiB at a time.
 * @param headWidth rows change places within so many rows only
 * @throws InputError `MODEL_NOT_FINITE` when a value is no finite number, or becomes none in the wanted encoding
 */
export function* streamTensor(ggml: Ggml, { name, shape, type, source, order }: PlannedTensor, headWidth: number): Generator<Uint8Array> {
  if (source instanceof Float32Array) return yield new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
  const from = TensorType[source.dtype]
  const to = ggufTensorTypes[type].id
  // A vector is a column of rows of one value.
  const perRow = shape.length === 1 ? 1 : shape[0]!
  const rows = shape.length === 1 ? shape[0]! : shape[1]!
  const rowBytes = (source.end - source.begin) / rows
  const block = order ? headWidth : 1
  const step = Math.max(1, Math.floor(chunkBytes / (rowBytes * block))) * block
  for (let row = 0; row < rows; row += step) {
    const count = Math.min(step, rows - row)
    let data: Uint8Array = source.cursor.readAt(source.begin + row * rowBytes, count * rowBytes)
    if (!rowsAreFinite(ggml, from, data)) fail('MODEL_NOT_FINITE', `tensor ${source.name} holds values that are not finite numbers`)
    if (order) data = reorderRows(data, rowBytes, order.subarray(row, row + count), row)
    if (from !== to) {
      data = quantize(ggml, to, toFloats(ggml, from, data), shape.length === 1 ? count : perRow)
      if (!rowsAreFinite(ggml, to, data)) fail('MODEL_NOT_FINITE', `tensor ${name} holds values that ${type} cannot hold`, { fix: 'choose another type' })
    }
    yield data
  }
}

/** Row i of the result is row order[i] - first of the source. */
function reorderRows(source: Uint8Array, rowBytes: number, order: Uint32Array, first: number): Uint8Array {
  const target = new Uint8Array(source.length)
  order.forEach((from, to) => target.set(source.subarray((from - first) * rowBytes, (from - first + 1) * rowBytes), to * rowBytes))
  return target
}
