import { OpenLedgerError } from '@openledger/protocol/errors'

/** What the process's exit code says. */
export const exitCodes = {
  ok: 0,
  /** Something that was claimed is false: a failed audit. */
  falseClaim: 1,
  /** The input is wrong; correct it and call again. */
  badInput: 2,
  /** A node, chain or file could not be reached; the same call may succeed later. */
  unavailable: 3,
  /** A fault of the program. */
  fault: 70,
} as const

/** A failed call about a file (a folder that is not there, a file that may not be read) as an error with a code; others unchanged. */
export function withCode(error: unknown): unknown {
  const { code, syscall, path } = (error ?? {}) as { code?: unknown; syscall?: unknown; path?: unknown }
  if (error instanceof OpenLedgerError || typeof code !== 'string' || typeof syscall !== 'string' || typeof path !== 'string') return error
  return new OpenLedgerError('FILE_FAILED', `${path}: ${syscall} failed with ${code}`, { cause: error, fix: 'check the path, its permissions and the space on the disk' })
}

/** The exit code for an error that ended a command. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof OpenLedgerError)) return exitCodes.fault
  return { fix: exitCodes.badInput, retry: exitCodes.unavailable, stop: exitCodes.fault }[error.action]
}

/** The lines that tell a person what went wrong and what to do next. */
export function describeError(error: unknown): string {
  if (!(error instanceof OpenLedgerError)) return `fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  const next = error.fix ? `\n  what to do: ${error.fix}` : ''
  return `${error.code}: ${error.message}${next}`
}
