import { fail } from '@openledger/protocol'

/** A set of contributors to train on: one weight per contributor (or cluster), 0 leaves it out, 1 keeps it whole. */
export type Coalition = { weights: readonly number[] }

/** The coalition of all contributors: training on it is what `trainAdapter` does. */
export function fullCoalition(contributors: number): Coalition {
  return { weights: new Array<number>(contributors).fill(1) }
}

/** The coalition of all contributors, and behind it one coalition per contributor that leaves this one out. */
export function leaveOneOut(contributors: number): Coalition[] {
  const without = (a: number): Coalition => ({ weights: Array.from({ length: contributors }, (_, b) => (a === b ? 0 : 1)) })
  return [fullCoalition(contributors), ...Array.from({ length: contributors }, (_, a) => without(a))]
}

export function isFull({ weights }: Coalition): boolean {
  return weights.every((weight) => weight === 1)
}

/** Throws `COALITION_NONE` and `COALITION_WEIGHTS` when coalitions do not fit the number of contributors. */
export function checkCoalitions(coalitions: readonly Coalition[], contributors: number): void {
  if (coalitions.length === 0) fail('COALITION_NONE', 'there is no coalition to train', { field: 'coalitions' })
  coalitions.forEach(({ weights }, c) => {
    if (weights.length !== contributors || !weights.every((weight) => weight >= 0 && Number.isFinite(weight))) {
      fail('COALITION_WEIGHTS', `coalition ${c} needs ${contributors} finite weights ≥ 0, one per contributor; it has ${weights.length}`, { field: `coalitions[${c}]` })
    }
  })
}
