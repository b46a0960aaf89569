import { readlinkSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/**
 * Lets every other thread of the machine go before the calling one, and before those that it starts. Where the system has priorities for whole
 * processes only (all but Linux), nothing is changed.
 * @param niceness from 0, as any other thread, to 19, only when nobody else wants the core
 * @returns whether the priority was changed
 */
export function lowerPriority(niceness: number): boolean {
  try {
    os.setPriority(Number(path.basename(readlinkSync('/proc/thread-self'))), niceness)
    return true
  } catch {
    return false
  }
}
