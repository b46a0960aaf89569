import { mkdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import { FileLock, type Holder } from '@openledger/files'
import { StorageError } from '@openledger/protocol'

/** The right to write to a data folder. */
export type DataFolderLock = { release(): Promise<void> }

function locked(dir: string, holder: Holder | undefined): StorageError {
  if (!holder) return new StorageError('DATA_FOLDER_LOCKED', `another process is starting on the data folder ${dir}`, { action: 'retry', status: 409, fix: 'wait a moment and try again' })
  const where = holder.host === hostname() ? `process ${holder.pid}` : `process ${holder.pid} on ${holder.host}`
  return new StorageError('DATA_FOLDER_LOCKED', `the data folder ${dir} is in use by ${where}`, {
    action: 'fix',
    status: 409,
    fix: 'stop that process, or choose another folder with --data',
  })
}

/**
 * Takes the lock of a data folder, and takes it over from a process that has ended without giving it back.
 * @throws StorageError DATA_FOLDER_LOCKED while another process holds it, DATA_FOLDER_UNWRITABLE
 */
export async function lockDataFolder(dir: string): Promise<DataFolderLock> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 })
    const lock = FileLock.take(path.join(dir, 'lock'), (holder) => locked(dir, holder))
    return { release: async () => lock.release() }
  } catch (cause) {
    if (cause instanceof StorageError) throw cause
    throw new StorageError('DATA_FOLDER_UNWRITABLE', `the data folder ${dir} cannot be locked: ${(cause as Error).message}`, {
      cause,
      action: 'fix',
      fix: 'give this user the right to write there, on a disk with free space and a file system with hard links, or choose another folder with --data',
    })
  }
}
