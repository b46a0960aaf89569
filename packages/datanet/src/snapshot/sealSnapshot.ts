import {
  canonicalJson,
  cidOfDigest,
  compareHex,
  fail,
  fromHex,
  OrderedTree,
  recordId,
  sha256,
  snapshotLeaf,
  utf8,
  verifyProof,
  type Hex,
  type MerkleProof,
  type Snapshot,
  type SnapshotLeaf,
} from '@openledger/protocol'
import type { Address } from 'viem'
import { duplicateMethod } from '../duplicates/duplicateMethod.ts'
import { checkRecord } from '../records/normaliseRecord.ts'
import { recordLimits } from '../records/recordLimits.ts'
import { countContributors, leafOf, type AcceptedRecord, type SnapshotHeader, type SnapshotRecord } from './snapshotRecord.ts'
import { weighRecords } from './weighRecords.ts'

export type SealInput = {
  datanetId: bigint
  /** The id of the snapshot before this one; zeroHash for the first. */
  parent: Hex
  /** In any order; the snapshot's order is made here. */
  records: readonly AcceptedRecord[]
}

/** A snapshot with the file that its content hash names, and the tree that proves each of its records. */
export type SealedSnapshot = {
  /** The statement for the owner to sign and anchor. */
  snapshot: Snapshot
  /** Canonical JSON lines: the header, then one line a record. */
  file: Uint8Array
  cid: string
  records: SnapshotRecord[]
  leaves: SnapshotLeaf[]
  tree: OrderedTree
}

function inCommitOrder(a: AcceptedRecord, b: AcceptedRecord): number {
  if (a.committedAt !== b.committedAt) return a.committedAt < b.committedAt ? -1 : 1
  return compareHex(a.contributionId, b.contributionId) || a.index - b.index
}

function checkAccepted(records: readonly AcceptedRecord[]): void {
  if (records.length === 0) fail('NO_RECORDS', 'a snapshot holds at least one record', { field: 'records', fix: 'accept records before sealing' })
  if (records.length > recordLimits.recordsPerSnapshot) fail('SNAPSHOT_TOO_LARGE', `a snapshot holds at most ${recordLimits.recordsPerSnapshot} records`, { field: 'records' })
  const seen = new Set<string>()
  records.forEach((record, i) => {
    checkRecord(record, `records.${i}`)
    if (recordId(record) !== record.recordId) fail('WRONG_RECORD_ID', `records.${i} is not the content of ${record.recordId}`, { field: `records.${i}.recordId`, fix: 'compute the id from the content' })
    const place = `${record.contributionId}:${record.index}`
    if (seen.has(place)) fail('DUPLICATE_RECORD', `records.${i}: place ${record.index} of contribution ${record.contributionId} is given twice`, { field: `records.${i}` })
    seen.add(place)
  })
}

/**
 * Seals accepted records as a version of a datanet: deterministic order (commit time, then contribution, then place in it), weights, tree and
 * file. Pure: same records, same bytes.
 * @throws InputError NO_RECORDS, SNAPSHOT_TOO_LARGE, WRONG_RECORD_ID, DUPLICATE_RECORD, or a record's fault
 */
export function sealSnapshot({ datanetId, parent: before, records: accepted }: SealInput): SealedSnapshot {
  checkAccepted(accepted)
  if (fromHex(before).length !== 32) fail('BAD_HASH', 'the parent is the id of a snapshot: 32 bytes', { field: 'parent', fix: 'give zeroHash for the first snapshot' })
  const parent = before.toLowerCase() as Hex
  const ordered = [...accepted].sort(inCommitOrder)
  const weights = weighRecords(ordered)
  const records = ordered.map((r, i): SnapshotRecord => ({
    recordId: r.recordId.toLowerCase() as Hex,
    contributor: r.contributor.toLowerCase() as Address,
    contributionId: r.contributionId.toLowerCase() as Hex,
    prompt: r.prompt,
    completion: r.completion,
    licence: r.licence,
    ...weights[i]!,
  }))
  const leaves = records.map(leafOf)
  const tree = new OrderedTree(leaves.map(snapshotLeaf))
  const counts = { recordCount: records.length, contributorCount: countContributors(leaves) }
  const header: SnapshotHeader = { kind: 'openledger/snapshot/1', datanetId: datanetId.toString(), parent, root: tree.root, ...counts, weighting: duplicateMethod.name }
  const file = utf8([header, ...records].map((line) => `${canonicalJson(line)}\n`).join(''))
  if (file.length > recordLimits.snapshotBytes) fail('SNAPSHOT_TOO_LARGE', `a snapshot file has at most ${recordLimits.snapshotBytes} bytes, this one ${file.length}`, { field: 'records', fix: 'divide the datanet' })
  const contentHash = sha256(file)
  return { snapshot: { datanetId, parent, root: tree.root, ...counts, contentHash }, file, cid: cidOfDigest(contentHash), records, leaves, tree }
}

/** The proof that the record at `index` stands in a snapshot; fails with BAD_INDEX. */
export function proveSealed(sealed: Pick<SealedSnapshot, 'tree'>, index: number): MerkleProof {
  return sealed.tree.prove(index)
}

/** Whether a record stands in a snapshot with this contributor and weight, by this proof. */
export function isSealed(snapshot: Pick<Snapshot, 'root' | 'recordCount'>, leaf: SnapshotLeaf, proof: MerkleProof): boolean {
  return proof.count === snapshot.recordCount && verifyProof(snapshot.root, snapshotLeaf(leaf), proof)
}
