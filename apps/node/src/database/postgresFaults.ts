import { OpenLedgerError, StorageError } from '@openledger/protocol'

/** Codes of the operating system and of PostgreSQL (class 08, and its start, stop and fullness) that say: not now. */
const away = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT', '57P01', '57P02', '57P03', '53300'])
/** What the driver says without a code. */
const awayWords = /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool)/

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '')

/** Whether the server could not be reached, went away, or is starting or stopping: the same statement may succeed later. */
export function isAway(error: unknown): boolean {
  const code = codeOf(error)
  return away.has(code) || /^08\w{3}$/.test(code) || (error instanceof Error && awayWords.test(error.message))
}

/** A failure of the server as an error of ours where the caller can do something about it; others pass as they are. */
export function postgresError(error: unknown, name: string): unknown {
  if (error instanceof OpenLedgerError) return error
  if (isAway(error)) {
    return new StorageError('DATABASE_AWAY', `the database ${name} cannot be reached`, { cause: error, action: 'retry', fix: 'see that PostgreSQL runs and that this machine may reach it' })
  }
  const code = codeOf(error)
  if (code === '57014' || code === '55P03') return new StorageError('DATABASE_SLOW', `the database ${name} took too long for a statement`, { cause: error, action: 'retry', fix: 'see what else the database server does' })
  if (code.startsWith('28') || code === '3D000' || code === '42501') {
    return new StorageError('DATABASE_REFUSED', `the database ${name} refuses this user, or does not exist`, { cause: error, action: 'fix', fix: 'check user, password and name; the user must be allowed to create schemas in the database' })
  }
  return error
}
