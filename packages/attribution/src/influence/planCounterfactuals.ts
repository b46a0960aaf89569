import type { TrainingExample } from '@openledger/engine'
import { compareHex, concatBytes, sha256, utf8 } from '@openledger/protocol'
import type { Address } from 'viem'
import { policy, type MethodName } from '../policy.ts'
import { groupAtoms, type PlannedAtom } from './groupAtoms.ts'
import { measuredLds } from './measuredLds.ts'

/** What is trained beside an adapter so that its responses can be told, and how they follow from it. */
export type CounterfactualPlan = {
  method: MethodName
  atoms: readonly PlannedAtom[]
  /** The atom of each contributor. */
  atomOf: readonly number[]
  /** A weight per atom: 0 leaves it out. Trained in this order; without the coalition of all, which is the adapter. */
  coalitions: readonly { weights: readonly number[] }[]
  /** The part of each batch that counterfactuals are trained on; undefined: all of it. */
  subsample: number | undefined
  /** The atoms that the first coalitions leave out, one each. */
  exact: readonly number[]
  /** The atoms that random halves are drawn from. */
  halved: readonly number[]
  /** The method's parameters, as table and document name them. */
  parameters: { readonly [name: string]: number | string }
}

export type CounterfactualInput = {
  contributors: readonly Address[]
  /** Training weight per contributor; who has none was not trained on. */
  weights: readonly number[]
  /** Default: `responses` up to `policy.exactAtoms` atoms that were trained on, `coalitions` beyond. */
  method?: MethodName
  /** The recipe's: the halves follow from it. */
  seed: number
  /** Atoms that `coalitions` leaves out one by one; default `policy.exactAtoms`. With 0 all follow from random halves, which is how these are measured. */
  exactAtoms?: number
}

/**
 * Plans the counterfactual trainings of a run. Pure: run and audit get the same plan from the same snapshot and recipe.
 * @throws InputError TOO_MANY_CONTRIBUTORS
 */
export function planCounterfactuals({ contributors, weights, method, seed, exactAtoms = policy.exactAtoms }: CounterfactualInput): CounterfactualPlan {
  const { atoms, atomOf } = groupAtoms(contributors, weights)
  const trained = [...atoms.keys()].filter((a) => atoms[a].trainingWeight > 0)
  const chosen = method ?? (trained.length <= policy.exactAtoms ? 'responses' : 'coalitions')
  const heaviest = [...trained].sort((a, b) => atoms[b].trainingWeight - atoms[a].trainingWeight || a - b)
  // Without the only one nothing is learnt: that needs no training.
  const exact = chosen === 'trajectory' || trained.length <= 1 ? [] : chosen !== 'coalitions' ? trained : heaviest.slice(0, exactAtoms).sort((a, b) => a - b)
  const halved = chosen === 'coalitions' && trained.length > 1 ? trained.filter((a) => !exact.includes(a)) : []
  const coalitions = [...exact.map((a) => leaving(atoms.length, [a])), ...halves(halved, atoms.length, seed)]
  const parameters = {
    ...(chosen === 'trajectory' ? {} : { exact: exact.length, halves: halved.length > 0 ? policy.halves : 0 }),
    ...(chosen === 'responses-subsampled' ? { subsamplePpm: policy.subsamplePpm } : {}),
    ...(contributors.length > atoms.length ? { contributors: contributors.length, atoms: atoms.length } : {}),
    ...measuredLds[chosen],
  }
  const subsample = chosen === 'responses-subsampled' ? policy.subsamplePpm / 1_000_000 : undefined
  return { method: chosen, atoms, atomOf, coalitions, subsample, exact, halved, parameters }
}

/** The examples of a run by atom in the place of contributor. */
export function byAtom(examples: readonly TrainingExample[], { atomOf }: Pick<CounterfactualPlan, 'atomOf'>): TrainingExample[] {
  return examples.map((example) => ({ ...example, group: atomOf[example.group] ?? 0 }))
}

function leaving(atoms: number, out: readonly number[]): { weights: number[] } {
  const weights = new Array<number>(atoms).fill(1)
  for (const a of out) weights[a] = 0
  return { weights }
}

/** Pairs of a random half of the atoms and its complement: those of lowest SHA-256(label ‖ seed ‖ pair ‖ atom), numbers as big-endian uint32. */
function halves(among: readonly number[], atoms: number, seed: number): { weights: number[] }[] {
  if (among.length === 0) return []
  return Array.from({ length: policy.halves / 2 }, (_, pair) => {
    const keys = new Map(among.map((a) => [a, sha256(concatBytes(utf8('openledger/halves/1'), uint32s([seed, pair, a])))]))
    const ordered = [...among].sort((a, b) => compareHex(keys.get(a)!, keys.get(b)!))
    const half = Math.ceil(ordered.length / 2)
    return [leaving(atoms, ordered.slice(0, half)), leaving(atoms, ordered.slice(half))]
  }).flat()
}

function uint32s(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length))
  values.forEach((value, i) => view.setUint32(4 * i, value))
  return new Uint8Array(view.buffer)
}

/** What a finished run of training leaves behind, as far as responses follow from it; all flat in canonical order. */
export type FullRun = { initial: Float32Array; weights: Float32Array; contributions: readonly Float32Array[] }

/**
 * r_a per atom, from the adapter and the adapters of the plan's coalitions. Sums in double precision in the order of the plan, rounded once. The
 * response of an atom that was not trained on is zero.
 * @param adapters one per coalition, in the plan's order; read once, one after the other
 */
export async function responsesOfPlan(plan: CounterfactualPlan, full: FullRun, adapters: AsyncIterable<Float32Array> | Iterable<Float32Array>): Promise<Float32Array[]> {
  const { method, atoms, exact, halved, coalitions } = plan
  if (method === 'trajectory') return [...full.contributions]
  const size = full.weights.length
  const found = atoms.map(() => new Float32Array(0))
  const only = atoms.findIndex(({ trainingWeight }) => trainingWeight > 0)
  if (exact.length === 0 && only >= 0) found[only] = full.weights.map((value, i) => value - full.initial[i])
  const sums = new Map(halved.map((a) => [a, new Float64Array(size)]))
  const kept = new Map(halved.map((a) => [a, coalitions.slice(exact.length).filter(({ weights }) => weights[a] === 1).length]))
  const drawn = coalitions.length - exact.length
  let c = 0
  for await (const adapter of adapters) {
    if (c < exact.length) found[exact[c]] = full.weights.map((value, i) => value - adapter[i])
    else {
      for (const [a, sum] of sums) {
        const part = coalitions[c].weights[a] === 1 ? 1 / kept.get(a)! : -1 / (drawn - kept.get(a)!)
        for (let i = 0; i < size; i++) sum[i] += part * adapter[i]
      }
    }
    c += 1
  }
  for (const [a, sum] of sums) found[a] = Float32Array.from(sum)
  return found.map((response) => (response.length === size ? response : new Float32Array(size)))
}
