/**
 * Checks in linear time that `suffixes` is the suffix array of `text`, the end of the text sorting first
 * (Burkhardt and Kärkkäinen 2003): a permutation whose neighbours are ordered by first symbol and, when these are equal, by the
 * ranks of the suffixes one further.
 * @returns the first rank that is wrong, or -1
 */
export function verifySuffixArray(text: Uint32Array | Int32Array, suffixes: Uint32Array | Int32Array): number {
  const n = text.length
  if (suffixes.length !== n) return Math.min(n, suffixes.length)
  // For each position p, side by side because they are read together: its symbol at 2p, 1 + the rank of p + 1 at 2p + 1; 0 for the end.
  const pairs = new Uint32Array(2 * n)
  for (let p = 0; p < n; p++) pairs[2 * p] = text[p]
  let first = -1
  for (let r = 0; r < n; r++) {
    const p = suffixes[r]
    if (!(p >= 0 && p < n)) return r
    if (p === 0) {
      if (first >= 0) return r
      first = r
      continue
    }
    if (pairs[2 * p - 1] !== 0) return r
    pairs[2 * p - 1] = r + 1
  }
  for (let r = 1, symbol = pairs[2 * suffixes[0]], next = pairs[2 * suffixes[0] + 1]; r < n; r++) {
    const p = suffixes[r]
    const ownSymbol = pairs[2 * p]
    const ownNext = pairs[2 * p + 1]
    if (symbol > ownSymbol || (symbol === ownSymbol && next >= ownNext)) return r
    symbol = ownSymbol
    next = ownNext
  }
  return -1
}
