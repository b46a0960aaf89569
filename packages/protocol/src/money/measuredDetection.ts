/**
 * The probability that an audited false answer is called wrong, parts per million: of the lie that hides best, what the measurement in `docs/bench/sensitivity.json` shows at least
 * (at 95 %), where the auditors compute under the receipt's numerics profile and where they compute under another instruction set. What the bond rule is to be used with.
 */
export const measuredDetection = { sameProfilePpm: 960_000, otherProfilePpm: 310_000 } as const

/**
 * The detection that a ledger can count on when only a part of the committees computes under the receipt's own profile.
 * @param sameProfilePpm that part
 */
export function detectionOf(sameProfilePpm: number): number {
  const { sameProfilePpm: same, otherProfilePpm: other } = measuredDetection
  return Math.floor((sameProfilePpm * same + (1_000_000 - sameProfilePpm) * other) / 1_000_000)
}
