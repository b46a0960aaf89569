/**
 * The GPT-2 byte alphabet: a printable character for each of the 256 bytes, so that vocabularies can be stored as text.
 * Printable Latin-1 bytes stand for themselves; the rest take U+0100 onwards in byte order.
 */
export const byteAlphabet: readonly string[] = (() => {
  const printable = (byte: number): boolean => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad)
  let next = 0x100
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++))
})()
