/** One line of a file: its number from 1, and its bytes without the line end. A view into the file, not a copy. */
export type Line = { number: number; bytes: Uint8Array }

const lineFeed = 10
const carriageReturn = 13

/** Splits bytes at LF, one line at a time; a CR before the LF belongs to the line end. An end of file without LF ends the last line. */
export function* splitLines(bytes: Uint8Array): Generator<Line> {
  let number = 1
  for (let start = 0; start < bytes.length; number++) {
    const found = bytes.indexOf(lineFeed, start)
    const end = found < 0 ? bytes.length : found
    const cut = end > start && found >= 0 && bytes[end - 1] === carriageReturn ? end - 1 : end
    yield { number, bytes: bytes.subarray(start, cut) }
    start = end + 1
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Bytes as text, or null when they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes)
  } catch {
    return null
  }
}
