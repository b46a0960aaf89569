import { fail } from '@openledger/protocol'

/** A public file of a kind that can be audited. */
export type AuditFile = { kind: 'receipt' | 'epoch' | 'adapter'; bytes: Uint8Array }

const kinds = new Map<unknown, AuditFile['kind']>([
  ['openledger/receipt/1', 'receipt'],
  ['openledger/epoch/1', 'epoch'],
  ['openledger/run/1', 'adapter'],
])

/** The kind that a file says it is of; undefined for anything else. */
export function kindOfFile(bytes: Uint8Array): AuditFile['kind'] | undefined {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as { kind?: unknown } | null
    return kinds.get(value?.kind)
  } catch {
    return undefined
  }
}

/** A file as a subject of an audit; fails with NOT_AUDITABLE. */
export function auditFile(bytes: Uint8Array, name: string): AuditFile {
  const kind = kindOfFile(bytes) ?? fail('NOT_AUDITABLE', `${name} is no receipt bundle, epoch file or run manifest`, { field: 'subject', fix: 'name a file whose field "kind" is openledger/receipt/1, openledger/epoch/1 or openledger/run/1; a file that is cut off is none' })
  return { kind, bytes }
}
