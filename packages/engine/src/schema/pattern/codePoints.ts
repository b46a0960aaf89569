/** Closed ranges of code points, rising, not touching each other. */
export type CodePointSet = readonly (readonly [low: number, high: number])[]

export const lastCodePoint = 0x10ffff
const [firstSurrogate, lastSurrogate] = [0xd800, 0xdfff]

/** The set of these ranges, without surrogates, which no text holds. */
export function codePointSet(ranges: Iterable<readonly [number, number]>): CodePointSet {
  const whole: [number, number][] = []
  for (const [low, high] of ranges) {
    if (low < firstSurrogate) whole.push([low, Math.min(high, firstSurrogate - 1)])
    if (high > lastSurrogate) whole.push([Math.max(low, lastSurrogate + 1), high])
  }
  whole.sort((a, b) => a[0] - b[0])
  const merged: [number, number][] = []
  for (const [low, high] of whole) {
    const last = merged.at(-1)
    if (last && low <= last[1] + 1) last[1] = Math.max(last[1], high)
    else merged.push([low, high])
  }
  return merged
}

/** Every code point but these. */
export function complement(set: CodePointSet): CodePointSet {
  const ranges: [number, number][] = []
  let from = 0
  for (const [low, high] of set) {
    if (low > from) ranges.push([from, low - 1])
    from = high + 1
  }
  if (from <= lastCodePoint) ranges.push([from, lastCodePoint])
  return codePointSet(ranges)
}

export const anyCodePoint = codePointSet([[0, lastCodePoint]])
const digit = codePointSet([[0x30, 0x39]])
const word = codePointSet([[0x30, 0x39], [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]])
// ECMA-262: WhiteSpace and LineTerminator.
const space = codePointSet([[0x09, 0x0d], [0x20, 0x20], [0xa0, 0xa0], [0x1680, 0x1680], [0x2000, 0x200a], [0x2028, 0x2029], [0x202f, 0x202f], [0x205f, 0x205f], [0x3000, 0x3000], [0xfeff, 0xfeff]])

/** What `.` matches without the flag s. */
export const notLineEnd = complement(codePointSet([[0x0a, 0x0a], [0x0d, 0x0d], [0x2028, 0x2029]]))

/** The class escapes of ECMA-262 with the flag u. */
export const classEscapes: Readonly<Record<string, CodePointSet>> = { d: digit, D: complement(digit), w: word, W: complement(word), s: space, S: complement(space) }
