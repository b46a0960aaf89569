import { fail } from '@openledger/protocol'
import type { RunView } from '@openledger/sdk'
import type { Session } from '../context/Session.ts'

/** A run by its id or its name; of several with one name the latest that did not fail or stop. Fails with UNKNOWN_RUN. */
export async function findRun({ node }: Pick<Session, 'node'>, idOrName: string): Promise<RunView> {
  const runs = await node.runs()
  const named = runs.filter((run) => run.name === idOrName)
  const run = runs.find(({ id }) => id === idOrName) ?? named.find(({ status }) => status !== 'failed' && status !== 'stopped') ?? named[0]
  const names = [...new Set(runs.map(({ name }) => name))].slice(0, 20).join(', ')
  return run ?? fail('UNKNOWN_RUN', `no run is called "${idOrName.slice(0, 80)}"`, { fix: names === '' ? 'train one with: openledger train' : `the runs here are ${names}` })
}
