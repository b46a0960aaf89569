import { statfsSync } from 'node:fs'
import { diskFull } from './storageErrors.ts'

/** What must stay free on the disk. The database does not bear a disk that fills up in the middle of a write: it may end the process. */
export const reserveBytes = 16 * 1024 * 1024

// A write copies the pages above what it changes, and pages are filled to about two thirds.
const growth = 4

/**
 * Checks that a write of so many bytes fits the disk, before it begins.
 * @throws UnavailableError `CHAIN_DISK_FULL`
 */
export function requireSpace(folder: string, bytes: number): void {
  const free = freeBytes(folder)
  if (free !== undefined && free < reserveBytes + bytes * growth) throw diskFull(folder)
}

/** Undefined where the system does not say. */
function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return undefined
  }
}
