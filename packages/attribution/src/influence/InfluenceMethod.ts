import { fail, type Hex } from '@openledger/protocol'
import { methodHash, policy, type MethodName } from '../policy.ts'

/**
 * A way of finding the responses r_a. Everything after that (quantising, the integer scores, the shares, the document) is the same
 * for all methods.
 */
export type InfluenceMethod<Evidence> = {
  readonly name: MethodName
  /** The `methodHash` of deployments that use it. */
  readonly hash: Hex
  /** Where the answer's gradient is taken on the way from the adapter without its atoms to the adapter, in ppm; the mean is the query. */
  readonly pathPoints: readonly number[]
  /** r_a per atom, flat over the adapter's parameters. */
  responses(evidence: Evidence): readonly Float32Array[]
}

/**
 * The first method: r_a is the sum of the AdamW updates that the contributor's gradients caused, as training booked them. The
 * responses sum to the movement of training, so it is first-order influence along the real trajectory (TracIn: Pruthi et al.
 * 2020; In-Run Data Shapley: Wang et al. 2024) with the optimiser's own preconditioner.
 */
export const trajectory: InfluenceMethod<{ contributions: readonly Float32Array[] }> = {
  name: 'trajectory',
  hash: methodHash('trajectory'),
  pathPoints: policy.pathPoints.trajectory,
  responses: ({ contributions }) => contributions,
}

/** The points at which a method named in a table takes the gradient; fails with BAD_METHOD when it is not known. */
export function pathPointsOf(method: string): readonly number[] {
  if (!Object.hasOwn(policy.pathPoints, method)) fail('BAD_METHOD', `"${method.slice(0, 40)}" is not a method of influence known here`, { field: 'method' })
  return policy.pathPoints[method as MethodName]
}
