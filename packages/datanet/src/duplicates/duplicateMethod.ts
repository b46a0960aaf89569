/**
 * How near duplicates are found, frozen under a name: who re-checks a snapshot's weights must come to the same clusters.
 * Changing a constant means a new name.
 */
export const duplicateMethod = {
  name: 'first-of-cluster/1',
  /** Tokens in a shingle: pairs keep word order, and one changed word spoils only two of them. */
  shingleTokens: 2,
  /**
   * Two records are near duplicates from this Jaccard similarity on, in thousandths. One changed word of n leaves (n - 1) / (n + 3), so that
   * records of up to 23 words with one other fact in each stay apart. A false merge takes an honest contributor's weight, so it is set high.
   */
  thresholdPermille: 850,
  /** Bands and rows of the locality-sensitive hash: at similarity 0.85 a pair is missed with probability (1 - 0.85⁴)³² = 6·10⁻¹¹. */
  bands: 32,
  rows: 4,
} as const
