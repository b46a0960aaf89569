import { fail, type Hex } from '@openledger/protocol'
import { methodHash, policy, type MethodName, type PathMovement } from '../policy.ts'

/**
 * A way of finding the responses r_a. Everything after that (quantising, the integer scores, the shares, the document) is the same for all methods.
 *
 * `trajectory`: the sum of the AdamW updates that the contributor's gradients caused, as training booked them. The responses sum to the movement of
 * training, so it is first-order influence along the real trajectory (TracIn: Pruthi et al. 2020; In-Run Data Shapley: Wang et al. 2024) with the
 * optimiser's own preconditioner. It costs nothing beside training.
 *
 * `responses`: θ − θ_without_a by training again without a: what the contributor really did to the adapter.
 *
 * `responses-subsampled`: the same, but each counterfactual step computes a random part of its batch and estimates the rest from the full run
 * (`ControlVariate`), which costs less for large batches.
 *
 * `coalitions`, for many: `responses` for the heaviest atoms, and for the rest β_a = mean θ_S∋a − mean θ_S∌a over random halves S of them (a Banzhaf
 * vector: Banzhaf 1965; for data: Wang and Jia 2023).
 */
export type InfluenceMethod = {
  readonly name: MethodName
  /** The `methodHash` of deployments that use it. */
  readonly hash: Hex
  /** Where the answer's gradient is taken, in ppm of the way to the adapter; the mean is the query. */
  readonly pathPoints: readonly number[]
  /** From where: the adapter without the sum of its responses, or without their mean. */
  readonly pathMovement: PathMovement
}

/** Whether a method of this name is known. */
export const isMethod = (name: string): name is MethodName => Object.hasOwn(policy.pathPoints, name)

/** A method by its name; fails with BAD_METHOD when it is not known. */
export function influenceMethod(name: string): InfluenceMethod {
  if (!isMethod(name)) return fail('BAD_METHOD', `"${name.slice(0, 40)}" is not a method of influence known here`, { field: 'method', fix: `take one of ${Object.keys(policy.pathPoints).join(', ')}` })
  return { name, hash: methodHash(name), pathPoints: policy.pathPoints[name], pathMovement: policy.pathMovement[name] }
}
