import { type ConsentTerms, type Hex, type RecordContent } from '@openledger/protocol'
import { commitContribution, readCommitment, readContribution, revealContribution, type ContributionView } from '@openledger/sdk'
import type { Actor } from '../context/Actor.ts'
import type { Session } from '../context/Session.ts'
import { prepareContribution, type PreparedContribution } from './prepareContribution.ts'
import { hasCode } from './hasCode.ts'
import { waitUntil } from './waitUntil.ts'

export type ContributeStage = 'signed' | 'committed' | 'sent' | 'revealed'

export type ContributeInput = {
  datanetId: bigint
  /** The name of the contributor's key. */
  contributor: string
  /** In normal form, no two alike: see readDrafts. */
  records: readonly RecordContent[]
  licence: string
  /** 0 keep only, 1 training by builders whom the owner allows, 2 by anyone. */
  consent: ConsentTerms
  nonce?: bigint
  onStage?: (stage: ContributeStage) => void
}

export type Contributed = { contributionId: Hex; contributor: string; count: number; verdicts: ContributionView['verdicts'] }

async function commit({ writer }: Actor, { bundle, commitment }: PreparedContribution): Promise<void> {
  const { datanetId } = bundle.contribution.statement
  if (await readCommitment(writer, datanetId, commitment)) return
  try {
    await commitContribution(writer, datanetId, commitment)
  } catch (error) {
    if (!hasCode(error, 'ALREADY_COMMITTED')) throw error
  }
}

async function reveal({ writer }: Actor, { bundle, contributionId }: PreparedContribution): Promise<void> {
  const { statement, signature } = bundle.contribution
  const attempt = async (): Promise<true> => {
    // A reveal of an earlier attempt may have been mined in the meantime.
    if (!(await readContribution(writer, contributionId))) await revealContribution(writer, statement, bundle.salt, signature)
    return true
  }
  await waitUntil(attempt, { what: 'the contribution could be revealed', timeoutMs: 30_000 })
}

/**
 * Gives records to a datanet: signs them, commits on the chain, shows the bundle to the node, reveals in a later block. Repeated after
 * a crash it goes on where it stopped, and a finished contribution is found as it is.
 * @throws errors of the node (NOT_COMMITTED, CONTRIBUTOR_NOT_ALLOWED, …), of the chain (NO_FUNDS, …), of the data folder (WRITE_FAILED)
 */
export async function contribute(session: Session, input: ContributeInput): Promise<Contributed> {
  const { datanetId, contributor, records, onStage } = input
  const actor = await session.actor(contributor)
  const prepared = await prepareContribution(session, actor, input)
  onStage?.('signed')
  await commit(actor, prepared)
  onStage?.('committed')
  const { verdicts } = await session.node.contribute(datanetId.toString(), prepared.bytes)
  onStage?.('sent')
  await reveal(actor, prepared)
  onStage?.('revealed')
  return { contributionId: prepared.contributionId, contributor, count: records.length, verdicts }
}
