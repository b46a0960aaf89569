import type { AdapterSlab } from './AdapterSlab.ts'
import type { BackendTraits } from './BackendTraits.ts'
import type { LoadedAdapter } from './LoadedAdapter.ts'
import type { LoraCosts } from './LoraCosts.ts'
import type { Placed } from './StepPlan.ts'

/**
 * Neighbouring slots of a slab with one row each, multiplied at once. With holes, slots that no row uses are computed and thrown away,
 * and rows are gathered and scattered by index. When the slots themselves are gathered, the run spans the whole slab, and each row picks its slot.
 */
export type LoraRun = {
  arrangement: BackendTraits['arrangement']
  slab: AdapterSlab
  /** First slot. */
  slot: number
  /** Slots from the first to the last. */
  span: number
  /** First row of the step. */
  row: number
  /** Rows. */
  count: number
  /** Slots of the rows, counted from `slot`; as many as rows. */
  places: number[]
}

/** Neighbouring rows that one adapter changes. */
export type AdapterSegment = { adapter: LoadedAdapter; weight: number; row: number; count: number }

type Plan = { singles: Placed[]; runs: LoraRun[]; segments: AdapterSegment[] }

/**
 * Decides how the adapters' products of a step are arranged: rows that are alone with their adapter in runs over a slab, the others in
 * segments. Also gives the order of the single rows: bare base, runs, segments.
 * @param singles sequences with one row @param longs sequences with more rows, in the order of their rows
 */
export function planLora(singles: readonly Placed[], longs: readonly Placed[], costs: LoraCosts, arrangement: BackendTraits['arrangement']): Plan {
  const { order, runs, segments } = arrangement === 'gathered' ? gatherSlots(singles) : joinNeighbours(singles, costs)
  return { singles: order, runs, segments: [...segments, ...longSegments(longs, order.length)] }
}

type Arranged = { order: Placed[]; runs: LoraRun[]; segments: AdapterSegment[] }

/** One run for each slab of which several adapters are used, whatever their slots: the graph does not depend on which. */
function gatherSlots(singles: readonly Placed[]): Arranged {
  const plain = ({ step: { adapters } }: Placed): boolean => adapters.length === 1 && adapters[0]!.weight === 1
  const order = singles.filter(({ step }) => step.adapters.length === 0)
  const runs: LoraRun[] = []
  const segments: AdapterSegment[] = []
  const bySlab = new Map<AdapterSlab, Placed[]>()
  for (const placed of singles.filter(plain)) {
    const { slab } = placed.step.adapters[0]!.adapter
    bySlab.set(slab, [...(bySlab.get(slab) ?? []), placed])
  }
  for (const [slab, group] of [...bySlab].sort(([x], [y]) => x.id - y.id)) {
    const adapters = group.map(({ step }) => step.adapters[0]!.adapter)
    const row = order.length
    if (adapters.every((adapter) => adapter === adapters[0])) segments.push({ adapter: adapters[0]!, weight: 1, row, count: group.length })
    else runs.push({ arrangement: 'gathered', slab, slot: 0, span: slab.slots, row, count: group.length, places: adapters.map(({ slot }) => slot) })
    order.push(...group)
  }
  for (const placed of singles) {
    if (placed.step.adapters.length === 0 || plain(placed)) continue
    for (const { adapter, weight } of placed.step.adapters) segments.push({ adapter, weight, row: order.length, count: 1 })
    order.push(placed)
  }
  return { order, runs, segments }
}

/** Runs over slots side by side, and over holes between them where that is cheaper than another run. */
function joinNeighbours(singles: readonly Placed[], costs: LoraCosts): Arranged {
  const bare: Placed[] = []
  const mixed: Placed[] = []
  const byAdapter = new Map<LoadedAdapter, Placed[]>()
  for (const placed of singles) {
    const [use, ...more] = placed.step.adapters
    if (!use) bare.push(placed)
    else if (more.length > 0 || use.weight !== 1) mixed.push(placed)
    else byAdapter.set(use.adapter, [...(byAdapter.get(use.adapter) ?? []), placed])
  }
  const alone = [...byAdapter].filter(([, group]) => group.length === 1)
  // Two rows or one adapter are no mixture: a product over a segment is the same and needs no slab.
  const several = [...byAdapter].filter(([, group]) => group.length > 1)
  alone.sort(([x], [y]) => x.slab.id - y.slab.id || x.slot - y.slot)
  const order = [...bare]
  const runs: LoraRun[] = []
  for (const [adapter, [placed]] of alone) {
    const last = runs.at(-1)
    if (last && last.slab === adapter.slab && bridges(last, adapter, costs)) {
      last.span = adapter.slot - last.slot + 1
      last.places.push(adapter.slot - last.slot)
      last.count += 1
    } else {
      runs.push({ arrangement: 'neighbours', slab: adapter.slab, slot: adapter.slot, span: 1, row: order.length, count: 1, places: [0] })
    }
    order.push(placed!)
  }
  const segments: AdapterSegment[] = []
  const alonePlain = runs.filter(({ count }) => count === 1)
  for (const run of alonePlain) segments.push({ adapter: alone.find(([adapter]) => adapter.slab === run.slab && adapter.slot === run.slot)![0], weight: 1, row: run.row, count: 1 })
  for (const [adapter, group] of several) {
    segments.push({ adapter, weight: 1, row: order.length, count: group.length })
    order.push(...group)
  }
  for (const placed of mixed) {
    for (const { adapter, weight } of placed.step.adapters) segments.push({ adapter, weight, row: order.length, count: 1 })
    order.push(placed)
  }
  return { order, runs: runs.filter(({ count }) => count > 1), segments }
}

/** Whether computing the slots between is cheaper than a run of its own. */
function bridges(run: LoraRun, adapter: LoadedAdapter, costs: LoraCosts): boolean {
  const hole = adapter.slot - (run.slot + run.span)
  if (hole === 0) return true
  const { shape } = adapter
  const wasted = (hole * adapter.bytes * costs.mebibyte) / 2 ** 20
  // Four operations for each module of a run of its own; two more for gathering and scattering, if the run has no hole yet.
  const gathering = run.span === run.count ? 2 : 0
  return wasted < (4 - gathering) * shape.modules * costs.operation
}

function longSegments(longs: readonly Placed[], from: number): AdapterSegment[] {
  const segments: AdapterSegment[] = []
  let row = from
  for (const { step } of longs) {
    for (const { adapter, weight } of step.adapters) {
      const last = segments.at(-1)
      const joins = step.adapters.length === 1 && last?.adapter === adapter && last.weight === weight && last.row + last.count === row
      if (joins) last.count += step.tokens.length
      else segments.push({ adapter, weight, row, count: step.tokens.length })
    }
    row += step.tokens.length
  }
  return segments
}
