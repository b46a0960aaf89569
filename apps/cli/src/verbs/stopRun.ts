import type { RunView } from '@openledger/sdk'
import type { Session } from '../context/Session.ts'
import { findRun } from './findRun.ts'
import { waitUntil } from './waitUntil.ts'

/** Stops a run that is queued or running, and waits until it has stopped; a run that has ended stays as it is. */
export async function stopRun(session: Session, idOrName: string, timeoutMs = 60_000): Promise<RunView> {
  const found = await findRun(session, idOrName)
  if (found.status !== 'queued' && found.status !== 'running') return found
  await session.node.stopRun(found.id)
  const ended = async (): Promise<RunView | undefined> => {
    const run = await session.node.run(found.id)
    return run.status === 'queued' || run.status === 'running' ? undefined : run
  }
  return waitUntil(ended, { what: `run ${found.name} has stopped`, timeoutMs })
}
