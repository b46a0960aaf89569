import type { Tensor, TensorContext } from '@openledger/tensor'
import type { LayerWeights } from '../model/Model.ts'
import type { LinearModule } from '../model/weightShapes.ts'
import type { AdapterSegment } from './StepPlan.ts'

const floatBytes = 4

/** A view of at least two rows of x that holds `count` rows from `row`, and where these start in it. */
export function rowWindow(context: TensorContext, x: Tensor, row: number, count: number): { window: Tensor; skip: number; rows: number } {
  const total = x.shape[1]
  if (row === 0 && count === total) return { window: x, skip: 0, rows: total }
  const rows = Math.max(count, 2)
  const start = Math.min(row, total - rows)
  return { window: context.ops.view2d(x, x.shape[0], rows, x.strides[1], start * x.strides[1]), skip: row - start, rows }
}

/**
 * One linear module over all rows: weight (and bias), plus each segment's adapter product `scale * b (a x)`.
 * @param x [input, rows] F32 @returns [output, rows] F32
 */
export function linear(context: TensorContext, layer: LayerWeights, index: number, module: LinearModule, x: Tensor, segments: readonly AdapterSegment[]): Tensor {
  const { ops } = context
  const { weight, bias } = layer.linear[module]
  let y = ops.mulMat(weight, x)
  if (bias) y = ops.add(y, bias)
  const [width, total] = y.shape
  for (const { adapter, row, count } of segments) {
    const pair = adapter?.layers[index]?.[module]
    if (!pair) continue
    const { window, skip, rows } = rowWindow(context, x, row, count)
    const delta = ops.mulMat(pair.b, ops.scale(ops.mulMat(pair.a, window), pair.scale))
    if (count === total) {
      y = ops.add(y, delta)
      continue
    }
    const own = rows === count ? delta : ops.view2d(delta, width, count, width * floatBytes, skip * width * floatBytes)
    const rowBytes = width * floatBytes
    y = ops.accInplace(y, own, rowBytes, rowBytes * total, rowBytes * total, row * rowBytes)
  }
  return y
}
