import type { AdapterShape, TrainingExample } from '@openledger/engine'
import type { HeldOutLosses } from './heldOut.ts'
import { microNats } from './microNats.ts'

/** What measures held-out losses; an EngineHost does. */
export type LossEngine = { exampleLosses(weights: readonly Float32Array[], shape: AdapterShape, examples: readonly TrainingExample[]): Promise<Float64Array[]> }

export type HeldOutInput = {
  engine: LossEngine
  shape: AdapterShape
  /** θ, flat. */
  weights: Float32Array
  /** Per atom, r_a of real training without it. Atoms whose r_a is not such (of `trajectory`, and estimates over halves) must not be judged by it. */
  responses: readonly Float32Array[]
  /** Not trained on; `group` is the atom. At least one. */
  heldOut: readonly TrainingExample[]
}

/**
 * Measures what each atom does to the loss on the held-out records of all others: with it, at θ, and without it, at θ − r_a. Means are per supervised
 * token; an atom with nobody else's records to be judged by gets 0 twice.
 * @returns what goes into a table's details as `heldOut`
 */
export async function measureHeldOut({ engine, shape, weights, responses, heldOut }: HeldOutInput): Promise<HeldOutLosses> {
  const [whole] = await engine.exampleLosses([weights], shape, heldOut)
  const full = responses.map((_, atom) => meanOfOthers(whole, heldOut, atom))
  const without: number[] = []
  for (const [atom, response] of responses.entries()) {
    const [losses] = await engine.exampleLosses([weights.map((w, i) => w - response[i])], shape, heldOut)
    without.push(meanOfOthers(losses, heldOut, atom))
  }
  return { records: heldOut.length, full, without }
}

function meanOfOthers(losses: Float64Array, heldOut: readonly TrainingExample[], atom: number): number {
  let [sum, tokens] = [0, 0]
  heldOut.forEach((example, i) => {
    if (example.group === atom) return
    const count = example.tokens.length - example.supervisedFrom
    sum += losses[i] * count
    tokens += count
  })
  return microNats(tokens === 0 ? 0 : sum / tokens)
}
