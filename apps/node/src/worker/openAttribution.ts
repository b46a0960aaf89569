import type { AtomMember } from '@openledger/attribution'
import { pendingAttributionRoot, zeroHash, type ContributorShare, type Hex } from '@openledger/protocol'

/** How a receipt leaves the attribution of its answer. */
export type OpenedAttribution = {
  root: Hex
  /** Unix seconds until which it must be closed; null when there is nothing to attribute. */
  deadline: number | null
  /** Without shares: nothing is known yet. */
  contributors: ContributorShare[]
}

/**
 * Leaves the attribution of an answer open until a deadline, unless there is nothing to attribute: the bare base has no contributors, and an
 * answer without words pays them by training weight.
 * @param deadline Unix seconds
 */
export function openAttribution(weights: readonly AtomMember[], answerTokens: number, deadline: number): OpenedAttribution {
  const contributors = weights.map((w) => ({ ...w, sharePpm: 0 }))
  if (weights.length === 0 || answerTokens === 0) return { root: zeroHash, deadline: null, contributors }
  return { root: pendingAttributionRoot(deadline), deadline, contributors }
}
