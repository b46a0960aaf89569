type Symbols = Uint32Array | Int32Array

/**
 * The suffix array of a text of integers, in linear time by induced sorting (SA-IS: Nong, Zhang and Chan 2009): what the kernel is held to.
 * The end of the text sorts before every symbol, so the result is unique.
 * @param text symbols in [0, alphabet)
 * @returns the start of each suffix, in lexicographic order
 */
export function referenceSuffixArray(text: Symbols, alphabet: number): Int32Array {
  const n = text.length
  const suffixes = new Int32Array(n)
  if (n <= 1) return suffixes

  // A suffix is S-type when it is smaller than the one after it; leftmost S-type (LMS) ones follow an L-type.
  const small = new Uint8Array(n)
  for (let i = n - 2; i >= 0; i--) small[i] = text[i] < text[i + 1] || (text[i] === text[i + 1] && small[i + 1] === 1) ? 1 : 0
  let count = 0
  for (let i = 1; i < n; i++) if (small[i] === 1 && small[i - 1] === 0) count++
  const leftmost = new Int32Array(count)
  for (let i = 1, k = 0; i < n; i++) if (small[i] === 1 && small[i - 1] === 0) leftmost[k++] = i

  const starts = new Int32Array(alphabet + 1)
  for (let i = 0; i < n; i++) starts[text[i] + 1]++
  for (let c = 0; c < alphabet; c++) starts[c + 1] += starts[c]

  induce(text, suffixes, small, starts, leftmost)
  if (count > 1) induce(text, suffixes, small, starts, sortLeftmost(text, suffixes, small, leftmost))
  return suffixes
}

/** Sorts all suffixes, given LMS suffixes in some order; the result is as exact as that order. */
function induce(text: Symbols, suffixes: Int32Array, small: Uint8Array, starts: Int32Array, leftmost: Int32Array): void {
  const n = text.length
  suffixes.fill(-1)
  const next = starts.slice(1)
  for (let k = leftmost.length - 1; k >= 0; k--) suffixes[--next[text[leftmost[k]]]] = leftmost[k]

  next.set(starts.subarray(0, next.length))
  suffixes[next[text[n - 1]]++] = n - 1
  for (let r = 0; r < n; r++) {
    const i = suffixes[r] - 1
    if (i >= 0 && small[i] === 0) suffixes[next[text[i]]++] = i
  }

  next.set(starts.subarray(1))
  for (let r = n - 1; r >= 0; r--) {
    const i = suffixes[r] - 1
    if (i >= 0 && small[i] === 1) suffixes[--next[text[i]]] = i
  }
}

/** The LMS suffixes in exact order, from an array in which their LMS substrings (up to the next LMS start) are sorted. */
function sortLeftmost(text: Symbols, suffixes: Int32Array, small: Uint8Array, leftmost: Int32Array): Int32Array {
  const n = text.length
  const count = leftmost.length
  // Two LMS positions are never neighbours, so half of a position is a key of its own.
  const ordinal = new Int32Array((n >> 1) + 1)
  for (let k = 0; k < count; k++) ordinal[leftmost[k] >> 1] = k
  const end = (k: number): number => (k + 1 < count ? leftmost[k + 1] : n)

  const reduced = new Int32Array(count)
  let names = 0
  let previous = -1
  for (let r = 0; r < n; r++) {
    const i = suffixes[r]
    if (i === 0 || small[i] === 0 || small[i - 1] === 1) continue
    const k = ordinal[i >> 1]
    if (previous >= 0 && !sameSubstring(text, leftmost[previous], end(previous), i, end(k))) names++
    reduced[k] = names
    previous = k
  }
  names++

  const sorted = new Int32Array(count)
  if (names < count) {
    const order = referenceSuffixArray(reduced, names)
    for (let k = 0; k < count; k++) sorted[k] = leftmost[order[k]]
  } else {
    for (let k = 0; k < count; k++) sorted[reduced[k]] = leftmost[k]
  }
  return sorted
}

/** Whether text[a..endA] and text[b..endB], both ends included, are equal; one that runs to the end of the text is like no other. */
function sameSubstring(text: Symbols, a: number, endA: number, b: number, endB: number): boolean {
  if (endA === text.length || endB === text.length || endA - a !== endB - b) return false
  for (let d = 0; d <= endA - a; d++) if (text[a + d] !== text[b + d]) return false
  return true
}
