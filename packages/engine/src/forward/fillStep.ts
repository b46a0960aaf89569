import { lengthAfter, maskValues } from './attention.ts'
import type { StepGraph } from './buildStep.ts'
import type { KvCache } from './KvCache.ts'
import type { StepLayout } from './StepPlan.ts'

/** Writes a step's values into the leaves of a graph of its structure, which has memory. */
export function fillStep(step: StepGraph, layout: StepLayout, cache: KvCache): void {
  step.tokens.write(layout.tokens)
  step.positions.write(layout.positions)
  step.outputRows.write(layout.outputRows)
  step.cells.write(cellsOf(layout, cache))
  layout.attention.runs.forEach(({ at, count }, index) => {
    const { tensor, keys } = step.runMasks[index]!
    const ends = layout.attention.bySlot.slice(at, at + count).map(lengthAfter)
    tensor.write(maskValues(keys, ends.length === 1 ? [ends[0]!, ends[0]!] : ends))
  })
  layout.longs.forEach((placed, index) => {
    const { tensor, keys } = step.longMasks[index]!
    tensor.write(
      maskValues(
        keys,
        placed.step.tokens.map((_, row) => placed.step.past + row + 1),
      ),
    )
  })
  if (step.bySlot) {
    const gather = layout.attention.rowsBySlot!
    const scatter = new Int32Array(gather.length)
    gather.forEach((row, at) => (scatter[row] = at))
    step.bySlot.gather.write(gather)
    step.bySlot.scatter.write(scatter)
  }
  layout.lora.runs.forEach(({ span, row, places }, index) => {
    const rows = step.runRows[index]
    if (!rows) return
    if ('slots' in rows) {
      rows.slots.write(Int32Array.from(places))
      return
    }
    const gather = new Int32Array(span).fill(row)
    places.forEach((place, at) => (gather[place] = row + at))
    rows.gather.write(gather)
    rows.scatter.write(Int32Array.from(places))
  })
}

function cellsOf({ singles, longs, total }: StepLayout, cache: KvCache): Int32Array {
  const cells = new Int32Array(total)
  for (const { step, row } of [...singles, ...longs]) for (let index = 0; index < step.tokens.length; index++) cells[row + index] = step.slot * cache.positions + step.past + index
  // The row that only pads a step writes what it repeats.
  if (singles.length + longs.length === 1 && singles.length === 1) cells[1] = cells[0]!
  return cells
}
