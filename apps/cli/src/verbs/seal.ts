import { readSnapshotFile } from '@openledger/datanet'
import { ProofError, readArtefact, signStatement, snapshotId, snapshotSchema, statementDomain, zeroHash, type Hex, type Snapshot } from '@openledger/protocol'
import { readDatanet, readSnapshot, sealSnapshot } from '@openledger/sdk'
import type { Session } from '../context/Session.ts'
import { fetchContent } from './fetchContent.ts'
import { untilIndexed } from './untilIndexed.ts'

export type SealInput = {
  datanetId: bigint
  /** The name of the datanet owner's key. */
  owner: string
}

export type Sealed = { snapshotId: Hex; recordCount: number; contributorCount: number; /** False when nothing was new: then this is the snapshot that stands. */ isNew: boolean }

const refuse = (message: string): never => {
  throw new ProofError('WRONG_SNAPSHOT', `${message}; it was not signed`, { fix: 'ask another node, and do not trust this one' })
}

/** Checks what the owner is about to sign: this datanet's next version, and a file that says the same. */
async function checkSnapshot(session: Session, snapshot: Snapshot, cid: string, datanetId: bigint, parent: Hex): Promise<void> {
  if (snapshot.datanetId !== datanetId) refuse(`the node prepared a snapshot of datanet ${snapshot.datanetId}`)
  if (snapshot.parent !== parent) refuse('the node prepared a snapshot that does not follow the latest one')
  readSnapshotFile(await fetchContent(session, cid), snapshot)
}

/**
 * Seals the next version of a datanet: the node puts it together from the accepted, revealed records, the owner checks and signs it.
 * With nothing new since the last version, that one is given.
 * @throws InputError NO_RECORDS, UNKNOWN_DATANET, NOT_DATANET_OWNER; ProofError WRONG_SNAPSHOT
 */
export async function seal(session: Session, { datanetId, owner }: SealInput): Promise<Sealed> {
  const { account, writer } = await session.actor(owner)
  await untilIndexed(session)
  const { latestSnapshot } = await readDatanet(writer, datanetId)
  const latest = latestSnapshot === zeroHash ? null : await readSnapshot(writer, latestSnapshot)
  const prepared = await session.node.prepareSnapshot(datanetId.toString())
  const snapshot = readArtefact(snapshotSchema, prepared.snapshot as object)
  const { recordCount, contributorCount } = snapshot
  if (latest && latest.root === snapshot.root) return { snapshotId: latestSnapshot, recordCount, contributorCount, isNew: false }
  await checkSnapshot(session, snapshot, prepared.cid, datanetId, latestSnapshot)
  const { chainId, contracts } = session.network
  const signature = await signStatement(account, statementDomain(chainId, contracts.datanets), 'Snapshot', snapshot)
  await sealSnapshot(writer, snapshot, signature)
  return { snapshotId: snapshotId(snapshot), recordCount, contributorCount, isNew: true }
}
