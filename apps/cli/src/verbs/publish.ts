import { digestOfCid, fail, ProofError, readArtefact, signStatement, statementDigest, statementDomain, trainingRunSchema, type Hex, type TrainingRun } from '@openledger/protocol'
import { readAdapter, registerAdapter, type RunView } from '@openledger/sdk'
import type { Actor } from '../context/Actor.ts'
import type { Session } from '../context/Session.ts'
import { findRun } from './findRun.ts'

export type PublishInput = {
  /** A run's id or name. */
  run: string
  /** The name of the trainer's key. */
  trainer: string
}

export type Published = { runId: string; name: string; adapterId: Hex; /** The content id of the run's manifest. */ manifest: string; isNew: boolean }

/** Checks what the trainer is about to sign against the run as it was asked for. */
function checkStatement(statement: TrainingRun, run: RunView, trainer: string): void {
  const differs = (what: string): never => {
    throw new ProofError('WRONG_RUN', `the statement that the node prepared names another ${what} than the run; it was not signed`, { fix: 'do not trust this node' })
  }
  if (statement.trainer.toLowerCase() !== run.trainer.toLowerCase()) differs('trainer')
  if (statement.baseId !== run.baseId) differs('base')
  if (statement.snapshotIds.join() !== run.snapshotIds.join()) differs('list of snapshots')
  if (statement.adapterId !== run.adapterId) differs('adapter')
  if (statement.trainer.toLowerCase() !== trainer.toLowerCase()) {
    fail('NOT_TRAINER', `run ${run.name} belongs to ${statement.trainer}, this key to ${trainer}`, { field: '--as', fix: "use the trainer's key" })
  }
}

/** Puts the adapter on the chain with the hash of its manifest, unless it is there. @returns whether it is new */
async function anchor(session: Session, { writer }: Actor, statement: TrainingRun, manifest: string, signature: Hex): Promise<boolean> {
  const known = await readAdapter(writer, statement.adapterId)
  if (!known) {
    await registerAdapter(writer, statement, digestOfCid(manifest), signature)
    return true
  }
  const { chainId, contracts } = session.network
  if (known.runId === statementDigest(statementDomain(chainId, contracts.models), 'TrainingRun', statement)) return false
  return fail('ALREADY_REGISTERED', `this very adapter was registered before by ${known.run.trainer} with another statement`, {
    fix: 'use that run, or train with another seed or recipe: equal training gives an equal adapter',
  })
}

/**
 * Publishes a finished run: signs its statement, gives the signature to the node, which writes the manifest that auditors read, and
 * registers the adapter on the chain with the manifest's hash. Repeated, it changes nothing.
 * @throws InputError UNKNOWN_RUN, RUN_NOT_DONE, NOT_TRAINER, ALREADY_REGISTERED; ProofError WRONG_RUN
 */
export async function publish(session: Session, input: PublishInput): Promise<Published> {
  const run = await findRun(session, input.run)
  if (run.status !== 'done' && run.status !== 'published') fail('RUN_NOT_DONE', `run ${run.name} is ${run.status}`, { fix: 'wait until it is done, then publish' })
  const actor = await session.actor(input.trainer)
  const statement = readArtefact(trainingRunSchema, (await session.node.runStatement(run.id)) as object)
  checkStatement(statement, run, actor.account.address)
  const { chainId, contracts } = session.network
  const signature = await signStatement(actor.account, statementDomain(chainId, contracts.models), 'TrainingRun', statement)
  const { manifest } = await session.node.publishRun(run.id, signature)
  const isNew = await anchor(session, actor, statement, manifest, signature)
  return { runId: run.id, name: run.name, adapterId: statement.adapterId, manifest, isNew }
}
