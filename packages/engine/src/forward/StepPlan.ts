import { fail } from '@openledger/protocol'
import { type BackendTraits, traitsOf } from './BackendTraits.ts'
import type { LoadedAdapter } from './LoadedAdapter.ts'
import type { LoraCosts } from './LoraCosts.ts'
import { type AdapterSegment, type LoraRun, planLora } from './planLora.ts'

/** An adapter and how strongly it acts: 1 as it was trained. */
export type AdapterUse = { adapter: LoadedAdapter; weight: number }

/** What one sequence adds to a step: tokens at consecutive positions of its slot. */
export type SequenceStep = {
  slot: number
  /** Adapters whose changes are added up; none for the bare base. */
  adapters: readonly AdapterUse[]
  tokens: readonly number[]
  /** Positions of the slot that are already written. */
  past: number
  /** Indices into `tokens` after which a result is wanted, rising. */
  outputs: readonly number[]
  /** What is wanted: logits (the default), or the final normed hidden state, for embeddings. */
  result?: 'logits' | 'hidden'
}

/** A sequence's place among the rows of a step. */
export type Placed = { step: SequenceStep; /** Index into the caller's list. */ index: number; row: number }

/** Sequences with one row each in neighbouring slots of the cache, whose attention is one operation. */
export type AttentionRun = { slot: number; count: number; /** Place of the first among all single rows, by slot. */ at: number }

export type StepLayout = {
  /** Rows of the step, the one that only pads it included. */
  total: number
  /** Sequences with one row, in the order of their rows, which are the first of the step. */
  singles: Placed[]
  /** Sequences with more rows, which follow. */
  longs: Placed[]
  attention: {
    runs: AttentionRun[]
    /** For each single row by slot of the cache, its row in the step; null when that order is the order of rows. */
    rowsBySlot: Int32Array | null
    /** Single sequences by slot of the cache. */
    bySlot: Placed[]
  }
  lora: { runs: LoraRun[]; segments: AdapterSegment[] }
  tokens: Int32Array
  positions: Int32Array
  /** Rows whose results are wanted, at least two (see `layoutStep`). */
  outputRows: Int32Array
  /** How many of `outputRows` were asked for. */
  outputs: number
  /** Whether any sequence wants hidden states. */
  hidden: boolean
  path: 'base' | 'single' | 'mixed'
}

/**
 * Orders the rows of a step: sequences with one row first, by adapter, so that adapters side by side in a slab meet rows side by side;
 * then sequences with more rows, by adapter.
 * A step of one row is padded to two by repeating it, and so are the output rows: ggml computes a single row of a float product
 * by another kernel than a row among several, and results must not depend on the company they are computed in.
 */
export function layoutStep(steps: readonly SequenceStep[], costs: LoraCosts, { arrangement }: BackendTraits = traitsOf({ kind: 'cpu' })): StepLayout {
  const all = steps.map((step, index): Placed => ({ step, index, row: 0 }))
  if (all.some(({ step }) => step.tokens.length === 0)) fail('STEP_EMPTY', 'a sequence without tokens cannot take part in a step', { action: 'stop' })
  const longs = all.filter(({ step }) => step.tokens.length > 1).sort((x, y) => adapterOrder(x) - adapterOrder(y) || x.step.slot - y.step.slot)
  const unordered = all.filter(({ step }) => step.tokens.length === 1).sort((x, y) => x.step.slot - y.step.slot)
  const { singles, runs, segments } = planLora(unordered, longs, costs, arrangement)
  const [tokens, positions, outputRows]: [number[], number[], number[]] = [[], [], []]
  for (const placed of [...singles, ...longs]) {
    placed.row = tokens.length
    placed.step.tokens.forEach((token, index) => {
      tokens.push(token)
      positions.push(placed.step.past + index)
    })
    for (const output of placed.step.outputs) outputRows.push(placed.row + output)
  }
  const outputs = outputRows.length
  if (tokens.length === 1) {
    tokens.push(tokens[0]!)
    positions.push(positions[0]!)
    for (const segment of segments) segment.count = 2
  }
  // A pure prefill step still needs a result that hangs on every layer.
  while (outputRows.length < 2) outputRows.push(outputRows[0] ?? 0)
  const ordered = unordered.every((placed, index) => placed.row === index)
  return {
    total: tokens.length,
    singles,
    longs,
    attention: { runs: neighbours(unordered), rowsBySlot: ordered ? null : Int32Array.from(unordered, ({ row }) => row), bySlot: unordered },
    lora: { runs, segments },
    tokens: Int32Array.from(tokens),
    positions: Int32Array.from(positions),
    outputRows: Int32Array.from(outputRows),
    outputs,
    hidden: steps.some(({ result }) => result === 'hidden'),
    path: pathOf(steps),
  }
}

function adapterOrder({ step }: Placed): number {
  const first = step.adapters[0]?.adapter
  return first ? first.slab.id * 65_536 + first.slot + 1 : 0
}

function neighbours(bySlot: readonly Placed[]): AttentionRun[] {
  const runs: AttentionRun[] = []
  bySlot.forEach(({ step }, at) => {
    const last = runs.at(-1)
    if (last && last.slot + last.count === step.slot) last.count += 1
    else runs.push({ slot: step.slot, count: 1, at })
  })
  return runs
}

function pathOf(steps: readonly SequenceStep[]): StepLayout['path'] {
  if (steps.every(({ adapters }) => adapters.length === 0)) return 'base'
  const [first, ...more] = steps[0]!.adapters
  const same = more.length === 0 && steps.every(({ adapters }) => adapters.length === 1 && adapters[0]!.adapter === first?.adapter && adapters[0]!.weight === first.weight)
  return same ? 'single' : 'mixed'
}
