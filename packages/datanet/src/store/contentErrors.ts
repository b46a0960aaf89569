import { StorageError } from '@openledger/protocol'

/** The largest file that a store takes when nothing else is said, in bytes: 1 GiB holds any adapter or snapshot we serve. */
export const maxContentBytes = 1024 ** 3

/** No file of this id is kept here. */
export function missingContent(cid: string, cause?: unknown): StorageError {
  return new StorageError('MISSING_CONTENT', `no file ${cid} is kept here`, {
    cause,
    status: 404,
    fix: 'fetch it from a node that published it and put it here, or check the id',
  })
}

/** A kept file is not what its id says. */
export function corruptContent(cid: string, place: string): StorageError {
  return new StorageError('CORRUPT_CONTENT', `the file ${place} is not the content ${cid} any more`, {
    action: 'stop',
    fix: `delete ${place}, check the disk, and put the file again from a backup or from another node`,
  })
}
