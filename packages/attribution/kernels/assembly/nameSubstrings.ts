import { clearWords, setWord, symbol, word } from './words'

/**
 * Names LMS substrings, from an LMS position to the next one with both ends, whose starts are sorted in out[0, m): equal ones have
 * equal names, and names are ordered as they are. Leaves the names in the order of the text in out[n − m, n).
 * @returns how many names there are
 */
export function nameSubstrings<T>(text: usize, out: usize, n: i32, m: i32): i32 {
  writeLengths<T>(text, out, n, m)
  let names = 0
  let before = 0
  let length = 0
  for (let r = 0; r < m; r++) {
    const p = word(out, r)
    const own = word(out, m + (p >> 1))
    if (own !== length || !isSame<T>(text, before, p, length, n)) {
      names++
      before = p
      length = own
    }
    setWord(out, m + (p >> 1), names)
  }
  let k = n
  for (let i = n - 1; i >= m; i--) {
    const name = word(out, i)
    if (name > 0) setWord(out, --k, name - 1)
  }
  return names
}

/** Writes the length of each LMS substring to out[m + p / 2]: two LMS positions are never neighbours. The last one runs past the end of the text. */
function writeLengths<T>(text: usize, out: usize, n: i32, m: i32): void {
  clearWords(out, m, n)
  let last = n
  let small = false
  let after = symbol<T>(text, n - 1)
  for (let i = n - 2; i >= 0; i--) {
    const c = symbol<T>(text, i)
    const isSmall = c < after || (c === after && small)
    if (small && !isSmall) {
      setWord(out, m + ((i + 1) >> 1), last - i)
      last = i + 1
    }
    small = isSmall
    after = c
  }
}

/** Whether two substrings of one length are equal; one that runs past the end of the text is like no other. */
function isSame<T>(text: usize, a: i32, b: i32, length: i32, n: i32): bool {
  if (a + length > n || b + length > n) return false
  for (let d = 0; d < length; d++) if (symbol<T>(text, a + d) !== symbol<T>(text, b + d)) return false
  return true
}
