import { readSnapshotFile } from '@openledger/datanet'
import { cidOfDigest, zeroHash, type Hex } from '@openledger/protocol'
import { isMarked, markSnapshot, readDatanet, readSnapshot, type LedgerWriter } from '@openledger/sdk'
import type { Address } from 'viem'
import type { Session } from '../context/Session.ts'
import { fetchContent } from './fetchContent.ts'

/** A revoked record: consent is taken back for a record and a contributor, not for others who gave the same. */
export type Revoked = { recordId: Hex; contributor: Address }

/** A sealed snapshot that holds revoked records. `marks` were made by this call; `freezeAt` in Unix seconds, 0 for never. */
export type MarkedSnapshot = { snapshotId: Hex; marks: number; revokedRecords: number; freezeAt: number }

const keyOf = ({ recordId, contributor }: Revoked): string => `${recordId} ${contributor.toLowerCase()}`

/**
 * Shows the chain which sealed snapshots of a datanet hold revoked records with a training weight, newest first: that marks every adapter trained on them.
 * Repeated, it marks nothing twice.
 * @returns the snapshots that hold any of them
 * @throws StorageError MISSING_CONTENT for a snapshot's file; ProofError for a false one; InputError NO_DATANET
 */
export async function markRevoked(session: Session, writer: LedgerWriter, datanetId: bigint, revoked: readonly Revoked[]): Promise<MarkedSnapshot[]> {
  const wanted = new Set(revoked.map(keyOf))
  const found: MarkedSnapshot[] = []
  let snapshotId = (await readDatanet(session.reader, datanetId)).latestSnapshot
  while (snapshotId !== zeroHash && wanted.size > 0) {
    const state = await readSnapshot(session.reader, snapshotId)
    if (!state) break
    const { sealedAt: _, number: __, revokedRecords, freezeAt, ...snapshot } = state
    const { leaves, tree } = readSnapshotFile(await fetchContent(session, cidOfDigest(snapshot.contentHash)), snapshot)
    const holding = leaves.flatMap((leaf, place) => (leaf.weight > 0 && wanted.has(keyOf(leaf)) ? [{ leaf, place }] : []))
    const entry = { snapshotId, marks: 0, revokedRecords, freezeAt }
    for (const { leaf, place } of holding) {
      if (await isMarked(session.reader, snapshotId, leaf)) continue
      Object.assign(entry, await markSnapshot(writer, snapshotId, leaf, tree.prove(place)))
      entry.marks += 1
    }
    if (holding.length > 0) found.push(entry)
    snapshotId = snapshot.parent
  }
  return found
}
