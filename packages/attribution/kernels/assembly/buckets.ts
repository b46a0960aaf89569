import { clearWords, setWord, symbol, word } from './words'

/** Counts each symbol of text[0, n) into counts[0, alphabet). */
export function countSymbols<T>(text: usize, n: i32, alphabet: i32, counts: usize): void {
  clearWords(counts, 0, alphabet)
  for (let i = 0; i < n; i++) {
    const c = symbol<T>(text, i)
    setWord(counts, c, word(counts, c) + 1)
  }
}

/** next[c] becomes the first rank of symbol c. */
export function bucketStarts(counts: usize, next: usize, alphabet: i32): void {
  let sum = 0
  for (let c = 0; c < alphabet; c++) {
    setWord(next, c, sum)
    sum += word(counts, c)
  }
}

/** next[c] becomes the rank after the last one of symbol c. */
export function bucketEnds(counts: usize, next: usize, alphabet: i32): void {
  let sum = 0
  for (let c = 0; c < alphabet; c++) {
    sum += word(counts, c)
    setWord(next, c, sum)
  }
}

/** Takes the next rank of symbol c upwards. */
export function takeUp(next: usize, c: i32): i32 {
  const rank = word(next, c)
  setWord(next, c, rank + 1)
  return rank
}

/** Takes the next rank of symbol c downwards. */
export function takeDown(next: usize, c: i32): i32 {
  const rank = word(next, c) - 1
  setWord(next, c, rank)
  return rank
}
