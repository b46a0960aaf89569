import { bucketEnds, countSymbols, takeDown } from './buckets'
import { induceAll, induceSubstrings, mark } from './induce'
import { nameSubstrings } from './nameSubstrings'
import { clearWords, setWord, symbol, word } from './words'

/**
 * Writes the suffix array of text[0, n) to out[0, n) in linear time: SA-IS, induced sorting (Nong, Zhang and Chan 2009).
 * The end of the text sorts before every symbol.
 * @param text symbols of type T in [0, alphabet); what it recurses into are words
 * @param scratch 2·max(alphabet, n/2 + 1) words
 */
function sortText<T>(text: usize, out: usize, n: i32, alphabet: i32, scratch: usize): void {
  if (n <= 1) return clearWords(out, 0, n)
  const counts = scratch
  const next = scratch + (<usize>(<u32>alphabet) << 2)
  countSymbols<T>(text, n, alphabet, counts)
  clearWords(out, 0, n)
  if (placeLeftmost<T>(text, out, n, alphabet, counts, next) > 1) {
    induceSubstrings<T>(text, out, n, alphabet, counts, next)
    const m = gatherMarked(out, n)
    const names = nameSubstrings<T>(text, out, n, m)
    if (names < m) {
      sortText<i32>(out + (<usize>(<u32>(n - m)) << 2), out, m, names, scratch)
      listLeftmost<T>(text, out, n)
      for (let r = 0; r < m; r++) setWord(out, r, word(out, n - m + word(out, r)))
      countSymbols<T>(text, n, alphabet, counts)
    }
    clearWords(out, m, n)
    spread<T>(text, out, m, alphabet, counts, next)
  }
  induceAll<T>(text, out, n, alphabet, counts, next)
}

/** `sortText` of words. */
export function sortSuffixes(text: usize, out: usize, n: i32, alphabet: i32, scratch: usize): void {
  sortText<i32>(text, out, n, alphabet, scratch)
}

/** `sortText` of unsigned 16-bit symbols: half the text to keep in the processor's cache, into which most of the time goes. */
export function sortShortSymbols(text: usize, out: usize, n: i32, alphabet: i32, scratch: usize): void {
  sortText<u16>(text, out, n, alphabet, scratch)
}

/** Puts the LMS suffixes at the ends of their buckets. @returns how many there are */
function placeLeftmost<T>(text: usize, out: usize, n: i32, alphabet: i32, counts: usize, next: usize): i32 {
  bucketEnds(counts, next, alphabet)
  let found = 0
  let small = false
  let after = symbol<T>(text, n - 1)
  for (let i = n - 2; i >= 0; i--) {
    const c = symbol<T>(text, i)
    const isSmall = c < after || (c === after && small)
    if (small && !isSmall) {
      setWord(out, takeDown(next, after), i + 1)
      found++
    }
    small = isSmall
    after = c
  }
  return found
}

/** Moves the marked entries to the front, bare. @returns how many there are */
function gatherMarked(out: usize, n: i32): i32 {
  let m = 0
  for (let r = 0; r < n; r++) {
    const e = word(out, r)
    if (e < 0) setWord(out, m++, e & ~mark)
  }
  return m
}

/** Writes the LMS positions in the order of the text to the end of out[0, n). */
function listLeftmost<T>(text: usize, out: usize, n: i32): void {
  let k = n
  let small = false
  let after = symbol<T>(text, n - 1)
  for (let i = n - 2; i >= 0; i--) {
    const c = symbol<T>(text, i)
    const isSmall = c < after || (c === after && small)
    if (small && !isSmall) setWord(out, --k, i + 1)
    small = isSmall
    after = c
  }
}

/** Moves the sorted LMS suffixes in out[0, m) to the ends of their buckets; never over one that has not moved. */
function spread<T>(text: usize, out: usize, m: i32, alphabet: i32, counts: usize, next: usize): void {
  bucketEnds(counts, next, alphabet)
  for (let r = m - 1; r >= 0; r--) {
    const p = word(out, r)
    setWord(out, r, 0)
    setWord(out, takeDown(next, symbol<T>(text, p)), p)
  }
}
