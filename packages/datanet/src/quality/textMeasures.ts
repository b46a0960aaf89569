import { foldedTokens, shingles } from '../duplicates/tokens.ts'

/** Letters, marks and digits among the characters that are not white space, in thousandths; 1000 for a text of white space. */
export function wordCharacterPermille(text: string): number {
  let all = 0
  let words = 0
  for (const character of text) {
    if (/\s/u.test(character)) continue
    all++
    if (/[\p{L}\p{M}\p{N}]/u.test(character)) words++
  }
  return all === 0 ? 1000 : Math.floor((1000 * words) / all)
}

/** Distinct runs of three words among all of them, in thousandths, and the number of words. */
export function distinctTriples(text: string): { words: number; permille: number } {
  const tokens = foldedTokens(text)
  const all = tokens.length - 2
  return { words: tokens.length, permille: all < 1 ? 1000 : Math.floor((1000 * shingles(tokens, 3).size) / all) }
}

/** The longest run of one character. */
export function longestRun(text: string): number {
  let longest = 0
  let run = 0
  let last = ''
  for (const character of text) {
    run = character === last && !/\s/u.test(character) ? run + 1 : 1
    last = character
    longest = Math.max(longest, run)
  }
  return longest
}

// How the bytes 0x80 to 0x9f look when UTF-8 is read as Windows-1252.
const windows = '\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178'
const tail = `[\\u0080-\\u00bf${windows}]`
const threeBytes = new RegExp(`[\\u00e0-\\u00ef]${tail}{2}|[\\u00f0-\\u00f4]${tail}{3}`, 'g')
const twoBytes = new RegExp(`[\\u00c2-\\u00df]${tail}`, 'g')

/** Signs that UTF-8 was read in another encoding: pairs that look so, longer sequences, and replacement characters. */
export function mojibakeSigns(text: string): { pairs: number; certain: number } {
  const certain = (text.match(threeBytes) ?? []).length + (text.match(/\ufffd/g) ?? []).length
  return { pairs: (text.match(twoBytes) ?? []).length, certain }
}
