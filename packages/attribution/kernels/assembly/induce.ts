import { bucketEnds, bucketStarts, takeDown, takeUp } from './buckets'
import { setWord, symbol, word } from './words'

/**
 * Top bit of an entry: in the pass that reads it next, it induces nothing. A bare entry e above 0 induces the suffix e − 1, and is
 * told apart when it is written, because text[e − 1] and text[e − 2] lie side by side then: one access to the text for each suffix.
 */
export const mark: i32 = i32.MIN_VALUE

/** Entries that one call handles. Calls are short so that a loop which began in unoptimised code goes on in optimised code. */
const stretch: i32 = 1 << 16

/** Places the last suffix, which the end of the text induces. */
function placeLast<T>(text: usize, out: usize, n: i32, next: usize): void {
  const c = symbol<T>(text, n - 1)
  setWord(out, takeUp(next, c), symbol<T>(text, n - 2) >= c ? n - 1 : (n - 1) | mark)
}

/** Induces L-type suffixes from out[from, to), upwards; keeps only those that S-type ones are induced from. */
export function raiseSubstrings<T>(text: usize, out: usize, from: i32, to: i32, next: usize): void {
  for (let r = from; r < to; r++) {
    const e = word(out, r)
    if (e > 0) {
      const j = e - 1
      const c = symbol<T>(text, j)
      setWord(out, r, 0)
      setWord(out, takeUp(next, c), j > 0 && symbol<T>(text, j - 1) >= c ? j : j | mark)
    } else if (e < 0) setWord(out, r, e & ~mark)
  }
}

/** Induces S-type suffixes from out[from, to), downwards; keeps only leftmost ones, marked. */
export function lowerSubstrings<T>(text: usize, out: usize, from: i32, to: i32, next: usize): void {
  for (let r = to - 1; r >= from; r--) {
    const e = word(out, r)
    if (e > 0) {
      const j = e - 1
      const c = symbol<T>(text, j)
      setWord(out, r, 0)
      setWord(out, takeDown(next, c), j === 0 ? 0 : symbol<T>(text, j - 1) <= c ? j : j | mark)
    }
  }
}

/** As `raiseSubstrings`, keeping all entries: bare ones become marked, marked ones bare. */
export function raiseAll<T>(text: usize, out: usize, from: i32, to: i32, next: usize): void {
  for (let r = from; r < to; r++) {
    const e = word(out, r)
    setWord(out, r, e ^ mark)
    if (e > 0) {
      const j = e - 1
      const c = symbol<T>(text, j)
      setWord(out, takeUp(next, c), j > 0 && symbol<T>(text, j - 1) >= c ? j : j | mark)
    }
  }
}

/** As `lowerSubstrings`, keeping all entries, all bare in the end. */
export function lowerAll<T>(text: usize, out: usize, from: i32, to: i32, next: usize): void {
  for (let r = to - 1; r >= from; r--) {
    const e = word(out, r)
    if (e > 0) {
      const j = e - 1
      const c = symbol<T>(text, j)
      setWord(out, takeDown(next, c), j > 0 && symbol<T>(text, j - 1) <= c ? j : j | mark)
    } else setWord(out, r, e & ~mark)
  }
}

/** From LMS suffixes at the ends of their buckets, in any order: marks LMS suffixes in the order of their LMS substrings. */
export function induceSubstrings<T>(text: usize, out: usize, n: i32, alphabet: i32, counts: usize, next: usize): void {
  bucketStarts(counts, next, alphabet)
  placeLast<T>(text, out, n, next)
  for (let r = 0; r < n; r += stretch) raiseSubstrings<T>(text, out, r, min(n, r + stretch), next)
  bucketEnds(counts, next, alphabet)
  for (let r = n; r > 0; r -= stretch) lowerSubstrings<T>(text, out, max(0, r - stretch), r, next)
}

/** From LMS suffixes at the ends of their buckets, in their order: the suffix array. */
export function induceAll<T>(text: usize, out: usize, n: i32, alphabet: i32, counts: usize, next: usize): void {
  bucketStarts(counts, next, alphabet)
  placeLast<T>(text, out, n, next)
  for (let r = 0; r < n; r += stretch) raiseAll<T>(text, out, r, min(n, r + stretch), next)
  bucketEnds(counts, next, alphabet)
  for (let r = n; r > 0; r -= stretch) lowerAll<T>(text, out, max(0, r - stretch), r, next)
}
