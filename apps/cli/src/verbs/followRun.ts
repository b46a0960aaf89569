import { OpenLedgerError, UnavailableError } from '@openledger/protocol'
import type { RunView } from '@openledger/sdk'
import type { Session } from '../context/Session.ts'
import { waitUntil } from './waitUntil.ts'

export type FollowOptions = {
  onProgress?: (run: RunView) => void
  /** How long to follow, milliseconds; default a day. The run goes on at the node either way. */
  timeoutMs?: number
  signal?: AbortSignal
}

const day = 86_400_000
const everyMs = 250

/**
 * Follows a run until it has ended.
 * @throws OpenLedgerError RUN_FAILED with the run's own error, RUN_STOPPED; UnavailableError TIMEOUT, NODE_AWAY at the deadline
 */
export async function followRun({ node }: Pick<Session, 'node'>, id: string, { onProgress, timeoutMs = day, signal }: FollowOptions = {}): Promise<RunView> {
  const run = await waitUntil(
    async () => {
      const seen = await node.run(id)
      onProgress?.(seen)
      return seen.status === 'queued' || seen.status === 'running' ? undefined : seen
    },
    { what: 'the run ended', timeoutMs, everyMs, signal },
  )
  if (run.status === 'failed') throw new OpenLedgerError('RUN_FAILED', `run ${run.name} failed: ${run.error ?? 'the node says no reason'}`, { action: 'fix', fix: 'mend what the message names and train again' })
  if (run.status === 'stopped') throw new UnavailableError('RUN_STOPPED', `run ${run.name} was stopped at step ${run.step} of ${run.steps}`, { action: 'retry', fix: `start it again with: openledger train --name ${run.name}` })
  return run
}
