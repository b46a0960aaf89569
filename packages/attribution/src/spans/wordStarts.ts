const word = /[\p{L}\p{M}\p{N}]/u
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
const joins = (before: string, after: string): boolean =>
  word.test(before) && word.test(after) && (/\p{M}/u.test(after) || !(unspaced.test(before) || unspaced.test(after)))

/**
 * Marks the tokens at which a word starts: everywhere but inside a character and between two letters or digits of one word.
 * In scripts without spaces between words every character may start one.
 * @param pieces the bytes of each token, in order; together they are the answer in UTF-8
 * @returns one entry per token, 1 where a word starts; the first is always 1
 */
export function wordStarts(pieces: readonly Uint8Array[]): Uint8Array {
  const starts = new Uint8Array(pieces.length)
  const decoder = new TextDecoder()
  const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80
  const bytes = Uint8Array.from(pieces.flatMap((piece) => [...piece]))
  const character = (at: number): string => {
    let end = at + 1
    while (end < bytes.length && isContinuation(bytes[end])) end++
    return decoder.decode(bytes.subarray(at, end))
  }
  for (let k = 0, at = 0; k < pieces.length; at += pieces[k++].length) {
    if (at === 0 || at >= bytes.length) {
      starts[k] = 1
      continue
    }
    if (isContinuation(bytes[at])) continue
    let before = at - 1
    while (before > 0 && isContinuation(bytes[before])) before--
    starts[k] = joins(character(before), character(at)) ? 0 : 1
  }
  return starts
}
