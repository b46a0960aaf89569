/** Into which pieces public files are cut so that a contract can open one of them. */
export const chunkSizes = {
  /** Values of a vector in one leaf; with four block exponents. */
  vector: 4096,
  /** Values that share one power-of-two scale. */
  block: 1024,
  /** Symbols of an index's text, or entries of its suffix array, in one leaf. */
  symbols: 64,
  /** Atoms whose running sums stand in one leaf. */
  atoms: 16,
} as const

/** Exact scores and running sums are whole numbers of 2^−128 nats. */
export const scoreExponent = -128
