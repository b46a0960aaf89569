import { fail } from '@openledger/protocol'
import type { LoadedAdapter } from './LoadedAdapter.ts'

/** What one sequence adds to a step: tokens at consecutive positions of its slot. */
export type SequenceStep = {
  slot: number
  adapter: LoadedAdapter | null
  tokens: readonly number[]
  /** Positions of the slot that are already written. */
  past: number
  /** Indices into `tokens` after which logits are wanted, rising. */
  outputs: readonly number[]
}

/** A sequence's place among the rows of a step. */
export type Placed = { step: SequenceStep; /** Index into the caller's list. */ index: number; row: number }

/** Rows that one adapter (or none) changes: consecutive. */
export type AdapterSegment = { adapter: LoadedAdapter | null; row: number; count: number }

export type StepLayout = {
  sequences: Placed[]
  segments: AdapterSegment[]
  tokens: Int32Array
  positions: Int32Array
  /** Rows whose logits are wanted, at least two (see below). */
  outputRows: Int32Array
  /** How many of `outputRows` were asked for. */
  outputs: number
}

/**
 * Orders the sequences of a step so that rows of one adapter are neighbours.
 * A step of one row is padded to two by repeating it, and so are the output rows: ggml computes a single row of a float product
 * by another kernel than a row among several, and results must not depend on the company they are computed in.
 */
export function layoutStep(steps: readonly SequenceStep[]): StepLayout {
  const order = new Map<LoadedAdapter | null, Placed[]>([[null, []]])
  steps.forEach((step, index) => {
    if (step.tokens.length === 0) fail('STEP_EMPTY', 'a sequence without tokens cannot take part in a step', { action: 'stop' })
    const group = order.get(step.adapter) ?? []
    order.set(step.adapter, group)
    group.push({ step, index, row: 0 })
  })
  const sequences: Placed[] = []
  const segments: AdapterSegment[] = []
  const [tokens, positions, outputRows]: number[][] = [[], [], []]
  for (const [adapter, group] of order) {
    const row = tokens!.length
    for (const placed of group) {
      placed.row = tokens!.length
      sequences.push(placed)
      placed.step.tokens.forEach((token, index) => {
        tokens!.push(token)
        positions!.push(placed.step.past + index)
      })
      for (const output of placed.step.outputs) outputRows!.push(placed.row + output)
    }
    if (group.length > 0) segments.push({ adapter, row, count: tokens!.length - row })
  }
  const outputs = outputRows!.length
  if (tokens!.length === 1) {
    tokens!.push(tokens![0]!)
    positions!.push(positions![0]!)
    segments[0]!.count = 2
  }
  if (outputs === 1) outputRows!.push(outputRows![0]!)
  return { sequences, segments, tokens: Int32Array.from(tokens!), positions: Int32Array.from(positions!), outputRows: Int32Array.from(outputRows!), outputs }
}
