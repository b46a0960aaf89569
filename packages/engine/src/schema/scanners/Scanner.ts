import type { TextBody } from './TextScanner.ts'

/** Recognises one part of a text, byte by byte. A scanner is a state: it never changes, and equal keys mean equal states. */
export type Scanner = {
  readonly key: string
  /** Whether the part may end here. */
  readonly accepting: boolean
  /** Whether nothing can follow. */
  readonly ended: boolean
  /** Set inside a string, where a large part of a vocabulary can come next. */
  readonly body?: TextBody
  /** The state after one more byte; null when the byte is not allowed. Every state that is given can still be completed. */
  after(byte: number): Scanner | null
}
