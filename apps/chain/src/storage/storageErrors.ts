import { OpenLedgerError, StorageError, UnavailableError } from '@openledger/protocol/errors'

/** The data folder holds something that the chain did not write, or not all of it. */
export function corrupt(folder: string, what: string, cause?: unknown): StorageError {
  return new StorageError('CHAIN_DATA_CORRUPT', `the chain's data in ${folder} is damaged: ${what}`, {
    fix: `restore ${folder} from a copy, or move it away to start a new, empty chain`,
    action: 'stop',
    cause,
  })
}

/** There is not enough room for a write; it was not begun. */
export function diskFull(folder: string, cause?: unknown): UnavailableError {
  return new UnavailableError('CHAIN_DISK_FULL', `no space left for the chain's data in ${folder}; nothing was written`, {
    fix: 'free disk space; the chain goes on by itself',
    action: 'retry',
    cause,
  })
}

/** Turns a failed write into an error that says what to do; nothing of the write was kept. */
export function writeError(folder: string, cause: unknown): OpenLedgerError {
  if (cause instanceof OpenLedgerError) return cause
  const text = cause instanceof Error ? cause.message : String(cause)
  if (/no space|disk quota|file too large/i.test(text)) return diskFull(folder, cause)
  return new StorageError('CHAIN_WRITE_FAILED', `the chain's data in ${folder} could not be written: ${text}`, {
    fix: 'check the disk and the permissions of the folder; the chain tries again by itself',
    action: 'retry',
    cause,
  })
}
