import path from 'node:path'
import { FileLock, type Holder } from '@openledger/files'
import { UnavailableError } from '@openledger/protocol/errors'

function locked(folder: string, holder: Holder | undefined): UnavailableError {
  if (!holder) return new UnavailableError('CHAIN_DATA_LOCKED', `another process is starting a chain on ${folder}`, { fix: 'wait a moment and try again', action: 'retry' })
  return new UnavailableError('CHAIN_DATA_LOCKED', `process ${holder.pid} already runs a chain on ${folder}`, {
    fix: 'use the chain that runs, stop it first, or choose another data folder',
    action: 'fix',
  })
}

/**
 * Takes a chain's folder, which must exist, for this process alone; also from a process that has ended without giving it back.
 * @throws UnavailableError `CHAIN_DATA_LOCKED` when a living process holds it
 */
export function lockChainFolder(folder: string): FileLock {
  return FileLock.take(path.join(folder, 'chain.lock'), (holder) => locked(folder, holder))
}
