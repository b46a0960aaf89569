import { fail, zeroHash, type Hex, type Json } from '@openledger/protocol'
import { readDatanet, type RunView } from '@openledger/sdk'
import type { Session } from '../context/Session.ts'
import { followRun, type FollowOptions } from './followRun.ts'

export type TrainInput = FollowOptions & {
  /** The run's name; the model's, unless it is deployed under another. */
  name: string
  /** Train on the latest snapshot of this datanet, or on `snapshotIds`. */
  datanetId?: bigint
  snapshotIds?: readonly Hex[]
  /** The name of the trainer's key. */
  trainer: string
  /** Fields of the recipe that differ from the default. */
  recipe?: { readonly [field: string]: Json }
  /** The method of influence; default: the one that suits the number of contributors. */
  method?: string
  /** SPDX identifier of the licence under which the adapter is passed on; default Apache-2.0. */
  licence?: string
  /** Return when the run is queued; default false. */
  detach?: boolean
}

async function snapshotsOf(session: Session, { datanetId, snapshotIds }: TrainInput): Promise<Hex[]> {
  if (snapshotIds && snapshotIds.length > 0) return [...snapshotIds]
  if (datanetId === undefined) return fail('NO_SNAPSHOT', 'nothing was named to train on', { field: '--datanet', fix: 'name a datanet with --datanet, or snapshots with --snapshot' })
  const { latestSnapshot } = await readDatanet(session.reader, datanetId)
  return latestSnapshot === zeroHash ? fail('NOT_SEALED', `datanet ${datanetId} has no sealed snapshot`, { field: '--datanet', fix: `seal it with: openledger seal --datanet ${datanetId}` }) : [latestSnapshot]
}

/** The run of this name that does the same, when an earlier call started it and it did not fail. */
async function findSame({ node }: Session, name: string, trainer: string, snapshotIds: readonly Hex[]): Promise<RunView | undefined> {
  const named = (await node.runs()).find((run) => run.name === name && run.status !== 'failed' && run.status !== 'stopped')
  if (!named) return undefined
  if (named.trainer.toLowerCase() === trainer.toLowerCase() && named.snapshotIds.join() === snapshotIds.join()) return named
  return fail('NAME_TAKEN', `run ${name} was made by ${named.trainer} on other snapshots`, { field: '--name', fix: 'choose another name' })
}

/**
 * Trains an adapter at the node and follows the run to its end. Called again with the same name, trainer and snapshots, it follows the
 * run that is there.
 * @throws InputError NO_SNAPSHOT, NOT_SEALED, NAME_TAKEN, TRAINING_NOT_ALLOWED, RECIPE; errors of followRun
 */
export async function train(session: Session, input: TrainInput): Promise<RunView> {
  const { name, trainer, recipe = {}, method, licence, detach = false } = input
  const { account } = await session.actor(trainer)
  const snapshotIds = await snapshotsOf(session, input)
  const address = account.address.toLowerCase() as typeof account.address
  const run = (await findSame(session, name, address, snapshotIds)) ?? (await session.node.startRun({ name, trainer: address, snapshotIds, recipe, method, licence }))
  return detach ? run : followRun(session, run.id, input)
}
