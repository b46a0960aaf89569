import { fail, OrderedTree, ProofError, recordLeaf, type Hex } from '@openledger/protocol'
import { readContribution, readRevokedAt, revokeRecord } from '@openledger/sdk'
import type { Session } from '../context/Session.ts'
import { listRecords } from './listRecords.ts'
import { markRevoked, type MarkedSnapshot } from './markRevoked.ts'

export type RevokeInput = { datanetId: bigint; recordId: Hex; /** The contributor's key. */ contributor: string }

/** `isNew` is false when the contributor had taken the consent back before. */
export type RevokedRecord = { recordId: Hex; isNew: boolean; snapshots: MarkedSnapshot[] }

/**
 * Takes a contributor's consent for one record back, then marks the sealed snapshots that hold it. Repeated, it goes on where it ended.
 * @throws InputError UNKNOWN_RECORD, NO_KEY; ProofError WRONG_ROOT when the node's list is not the one on the chain; as markRevoked
 */
export async function revoke(session: Session, { datanetId, recordId, contributor }: RevokeInput): Promise<RevokedRecord> {
  const { writer, account } = await session.actor(contributor)
  const records = await listRecords(session.node, datanetId)
  const own = records.find((record) => record.id === recordId && record.contributor.toLowerCase() === account.address.toLowerCase())
  if (!own) return fail('UNKNOWN_RECORD', `${contributor} has given no record ${recordId} to datanet ${datanetId}`, { field: 'record', fix: `see openledger datanet records ${datanetId}; --as names the contributor` })
  const isNew = (await readRevokedAt(session.reader, datanetId, recordId, account.address)) === null
  if (isNew) {
    const ids = records.filter(({ contributionId }) => contributionId === own.contributionId).map(({ id }) => id)
    const tree = new OrderedTree(ids.map(recordLeaf))
    if (tree.root !== (await readContribution(session.reader, own.contributionId))?.recordsRoot) {
      throw new ProofError('WRONG_ROOT', `the node's list of contribution ${own.contributionId} is not the one that the chain knows`, { action: 'stop', fix: 'ask another node' })
    }
    await revokeRecord(writer, own.contributionId, recordId, tree.prove(ids.indexOf(recordId)))
  }
  return { recordId, isNew, snapshots: await markRevoked(session, writer, datanetId, [{ recordId, contributor: account.address }]) }
}
