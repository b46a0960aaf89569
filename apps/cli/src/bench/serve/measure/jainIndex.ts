/** Jain's fairness index (1984): 1 when all get the same, 1/n when one gets everything; not a number when nobody gets anything. */
export function jainIndex(shares: readonly number[]): number {
  const sum = shares.reduce((total, share) => total + share, 0)
  return sum ** 2 / (shares.length * shares.reduce((total, share) => total + share ** 2, 0))
}
