import type { Tensor, TensorContext } from '@openledger/tensor'
import type { LayerWeights } from '../model/Model.ts'
import type { LinearModule } from '../model/weightShapes.ts'
import type { FactorPlace } from './AdapterShape.ts'
import { type AdapterSlab, elementBytes } from './AdapterSlab.ts'
import type { AdapterSegment, LoraRun } from './planLora.ts'

const floatBytes = 4

/**
 * Indices of a run, I32. With holes: for each slot of its span a row of the step, and for each row its place in the span.
 * When slots are gathered: for each row its slot, [1, rows].
 */
export type RunRows = { gather: Tensor; scatter: Tensor } | { slots: Tensor }

/** The adapters of a step, with what the graph needs to know of each run. */
export type StepLora = { runs: readonly { run: LoraRun; rows: RunRows | null }[]; segments: readonly AdapterSegment[] }

/** Rows that a run with holes takes from an input, made once for all modules that read the same input. */
type Gathered = Map<LoraRun, Tensor>

/** Factors of one module in some neighbouring slots: a [input, rank, slots], b [output, rank, slots], or [rank, output, slots] when slots are gathered. */
function factors(context: TensorContext, slab: AdapterSlab, place: FactorPlace, slot: number, span: number): { a: Tensor; b: Tensor } {
  const { rank, input, output } = place
  const view = (side: 'a' | 'b', width: number, rows: number): Tensor => {
    const { offset, stride } = slab.factorAt(side, place[side], width * rows, slot)
    return context.ops.view3d(slab[side], width, rows, span, width * elementBytes(side, slab.type), stride, offset)
  }
  return { a: view('a', input, rank), b: slab.shape.arrangement === 'gathered' ? view('b', rank, output) : view('b', output, rank) }
}

function rowsOf(context: TensorContext, x: Tensor, row: number, count: number): Tensor {
  const [width, rows] = x.shape
  return row === 0 && count === rows ? x : context.ops.view2d(x, width, count, width * floatBytes, row * width * floatBytes)
}

/**
 * The change that a run's adapters make: b (a x), each row with its own slot's factors. Both products take the same kernels as those of
 * a segment, row by row, so that a row's bits do not depend on the arrangement.
 * @returns [output, run.count]
 */
function runChange(context: TensorContext, { run, rows }: StepLora['runs'][number], place: FactorPlace, x: Tensor, gathered: Gathered): Tensor {
  const { ops } = context
  const { a, b } = factors(context, run.slab, place, run.slot, run.span)
  if (rows && 'slots' in rows) {
    const picked = ops.mulMatId(a, ops.reshape3d(rowsOf(context, x, run.row, run.count), place.input, 1, run.count), rows.slots)
    return ops.reshape2d(ops.mulMatId(b, picked, rows.slots), place.output, run.count)
  }
  let input = rows ? gathered.get(run) : rowsOf(context, x, run.row, run.count)
  if (!input) gathered.set(run, (input = ops.getRows(x, rows!.gather)))
  const inner = ops.mulMat(a, ops.reshape3d(input, place.input, 1, run.span))
  const change = ops.reshape2d(ops.outProd(b, ops.reshape3d(inner, 1, place.rank, run.span)), place.output, run.span)
  return rows ? ops.getRows(change, rows.scatter) : change
}

/** The change that one adapter makes to a segment's rows. @returns [output, segment.count] */
function segmentChange(context: TensorContext, { adapter, weight, row, count }: AdapterSegment, place: FactorPlace, x: Tensor): Tensor {
  const { ops } = context
  const { a, b } = factors(context, adapter.slab, place, adapter.slot, 1)
  if (adapter.shape.arrangement === 'gathered') {
    const reduced = ops.mulMat(a, rowsOf(context, x, row, count))
    return ops.mulMat(b, weight === 1 ? reduced : ops.scale(reduced, weight))
  }
  let inner = ops.mulMat(a, ops.reshape3d(rowsOf(context, x, row, count), place.input, 1, count))
  if (weight !== 1) inner = ops.scale(inner, weight)
  return ops.outProd(b, ops.transpose(ops.reshape2d(inner, place.rank, count)))
}

/** Computes linear modules over all rows of a step: weight, bias, and the change of each adapter to its rows. */
export class StepLinear {
  readonly #context: TensorContext
  readonly #lora: StepLora
  #input: Tensor | null = null
  #gathered: Gathered = new Map()

  constructor(context: TensorContext, lora: StepLora) {
    this.#context = context
    this.#lora = lora
  }

  /** @param x [input, rows] F32 @returns [output, rows] F32 */
  apply(layer: LayerWeights, index: number, module: LinearModule, x: Tensor): Tensor {
    const { ops } = this.#context
    const { weight, bias } = layer.linear[module]
    if (this.#input !== x) {
      this.#input = x
      this.#gathered = new Map()
    }
    let y = ops.mulMat(weight, x)
    if (bias) y = ops.add(y, bias)
    for (const entry of this.#lora.runs) {
      const place = entry.run.slab.shape.layers[index]?.[module]
      if (place) y = this.#added(y, runChange(this.#context, entry, place, x, this.#gathered), entry.run.row)
    }
    for (const segment of this.#lora.segments) {
      const place = segment.adapter.shape.layers[index]?.[module]
      if (place) y = this.#added(y, segmentChange(this.#context, segment, place, x), segment.row)
    }
    return y
  }

  #added(y: Tensor, change: Tensor, row: number): Tensor {
    const { ops } = this.#context
    const [width, rows] = y.shape
    if (change.shape[1] === rows) return ops.add(y, change)
    const rowBytes = width * floatBytes
    return ops.accInplace(y, change, rowBytes, rowBytes * rows, rowBytes * rows, row * rowBytes)
  }
}
