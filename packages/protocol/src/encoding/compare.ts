/** Orders two hexadecimal strings of one length by value: negative, zero or positive. */
export function compareHex(a: string, b: string): number {
  const x = a.toLowerCase()
  const y = b.toLowerCase()
  return x < y ? -1 : x > y ? 1 : 0
}
