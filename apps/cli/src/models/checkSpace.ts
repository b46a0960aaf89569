import { statfs } from 'node:fs/promises'
import { StorageError } from '@openledger/protocol'

const margin = 64 << 20

/** Says how many bytes are free for this user where a folder lies. */
export type FreeSpace = (folder: string) => Promise<number>

/** Free space by the operating system. */
export const freeSpace: FreeSpace = async (folder) => {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

/** Fails before anything is written when the disk is too small. @throws StorageError `NO_SPACE` */
export async function checkSpace(folder: string, bytes: number, free: FreeSpace): Promise<void> {
  const available = await free(folder)
  if (available >= bytes + margin) return
  const mebibytes = (value: number): string => `${Math.ceil(value / 2 ** 20)} MiB`
  throw new StorageError('NO_SPACE', `${folder} has ${mebibytes(available)} free, ${mebibytes(bytes + margin)} are needed`, { action: 'fix', fix: 'free space, or set OPENLEDGER_MODELS to a folder on another disk' })
}
