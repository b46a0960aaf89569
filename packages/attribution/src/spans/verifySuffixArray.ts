/**
 * Checks in linear time that `suffixes` is the suffix array of `text`, the end of the text sorting first
 * (Burkhardt and Kärkkäinen 2003): a permutation whose neighbours are ordered by first symbol and, when these are equal, by the
 * ranks of the suffixes one further.
 * @returns the first rank that is wrong, or -1
 */
export function verifySuffixArray(text: Uint32Array | Int32Array, suffixes: Uint32Array | Int32Array): number {
  const n = text.length
  if (suffixes.length !== n) return Math.min(n, suffixes.length)
  const rank = new Int32Array(n + 1).fill(-1)
  for (let r = 0; r < n; r++) {
    const i = suffixes[r]
    if (i < 0 || i >= n || rank[i] !== -1) return r
    rank[i] = r
  }
  for (let r = 1; r < n; r++) {
    const a = suffixes[r - 1]
    const b = suffixes[r]
    if (text[a] < text[b]) continue
    if (text[a] > text[b] || rank[a + 1] >= rank[b + 1]) return r
  }
  return -1
}
