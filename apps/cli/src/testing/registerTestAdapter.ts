import { hashJson, signStatement, statementDomain, zeroHash, type Hex, type TrainingRun } from '@openledger/protocol'
import { registerAdapter, registerBase } from '@openledger/sdk'
import type { Session } from '../context/Session.ts'

const id = (text: string): Hex => hashJson(text)

/** Says on the chain that an adapter was trained on a sealed snapshot, by a key's owner; there is no adapter. */
export async function registerTestAdapter(session: Session, trainer: string, snapshotId: Hex): Promise<Hex> {
  const { account, writer } = await session.actor(trainer)
  const { chainId, contracts } = session.network
  const adapterId = id(`adapter on ${snapshotId}`)
  await registerBase(writer, id('base'), id('weights'))
  const run: TrainingRun = { trainer: account.address, baseId: id('base'), snapshotIds: [snapshotId], recipeHash: id('recipe'), profileHash: id('profile'), seed: zeroHash, adapterId, metricsHash: id('metrics'), licence: 'Apache-2.0' }
  await registerAdapter(writer, run, id('folder'), await signStatement(account, statementDomain(chainId, contracts.models), 'TrainingRun', run))
  return adapterId
}
