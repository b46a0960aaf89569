/** Recognises one part of a text, byte by byte. A scanner is a state: it never changes, and equal keys mean equal states. */
export type Scanner = {
  readonly key: string
  /** Whether the part may end here. */
  readonly accepting: boolean
  /** Whether nothing can follow. */
  readonly ended: boolean
  /** For scanners that take a large part of a vocabulary: the scanner whose token mask is the same as this one's, to share it. Else undefined. */
  readonly maskAs?: Scanner
  /** The state after one more byte; null when the byte is not allowed. Every state that is given can still be completed. */
  after(byte: number): Scanner | null
}
