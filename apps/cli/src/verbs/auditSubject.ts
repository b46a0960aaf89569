import { fail } from '@openledger/protocol'

/** What somebody asks to audit, as it was written. */
export type AuditSubject =
  | { type: 'epoch'; index: number }
  /** An id or its beginning: of a receipt or of an adapter. */
  | { type: 'id'; prefix: string; only?: 'receipt' | 'adapter' }
  /** The path of a file, or the name of a run. */
  | { type: 'name'; text: string; only?: 'receipt' | 'epoch' | 'adapter' }

const kinds = ['receipt', 'epoch', 'adapter'] as const

/**
 * Reads what follows "audit": a path, an id or its first digits, an epoch's number, a run's name; `receipt`, `epoch` or `adapter` before
 * it says which of them is meant.
 * @throws InputError BAD_SUBJECT
 */
export function auditSubject(words: readonly string[]): AuditSubject {
  const [first = '', second] = words
  const only = kinds.find((kind) => kind === first && second !== undefined)
  const text = only === undefined ? first : second!
  if (text === '' || words.length > (only === undefined ? 1 : 2)) {
    fail('BAD_SUBJECT', 'name one thing to audit', { field: 'subject', fix: 'give a receipt id, an adapter id, a run name, an epoch number, or the path of a file' })
  }
  if (/^\d{1,9}$/.test(text) && (only === undefined || only === 'epoch')) return { type: 'epoch', index: Number(text) }
  if (only !== 'epoch' && /^0x[0-9a-fA-F]{4,64}$/.test(text)) return { type: 'id', prefix: text.toLowerCase(), ...(only === undefined ? {} : { only }) }
  return { type: 'name', text, ...(only === undefined ? {} : { only }) }
}
