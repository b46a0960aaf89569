/**
 * How near duplicates are found, frozen under a name: who re-checks a snapshot's weights must come to the same clusters.
 * Changing a constant means a new name.
 */
export const duplicateMethod = {
  name: 'first-of-cluster/1',
  /** Tokens in a shingle: pairs keep word order, and one changed word spoils only two of them. */
  shingleTokens: 2,
  /**
   * Two records are near duplicates from this Jaccard similarity on, in thousandths. At 0.8 a text of 20 words may differ in one; records
   * made from one template with another fact in each stay apart. A false merge takes an honest contributor's weight, so it is set high.
   */
  thresholdPermille: 800,
  /** Bands and rows of the locality-sensitive hash: at similarity 0.8 a pair is missed with probability (1 - 0.8⁴)³² = 5·10⁻⁸. */
  bands: 32,
  rows: 4,
} as const
