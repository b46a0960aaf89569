import { encodeFunctionData, parseEventLogs } from 'viem'
import { datanetsAbi, type Hex, type MerkleProof, type SnapshotLeaf } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { proofArgument } from '../connection/proofArgument.ts'
import { sendCall } from '../connection/sendCall.ts'

/**
 * Shows that a sealed snapshot holds a revoked record; anyone may. It marks every adapter that was trained on the snapshot.
 * @param proof the record's place in the snapshot's tree
 * @returns how many records of the snapshot are marked, and from when on its adapters are frozen (Unix seconds, 0 for never)
 * @throws OpenLedgerError: NOT_REVOKED, NOT_TRAINED_ON, ALREADY_MARKED, BAD_RECORD_PROOF, UNKNOWN_SNAPSHOT
 */
export async function markSnapshot(writer: LedgerWriter, snapshotId: Hex, leaf: SnapshotLeaf, proof: MerkleProof): Promise<{ revokedRecords: number; freezeAt: number }> {
  const args = [snapshotId, { ...leaf, weight: BigInt(leaf.weight) }, proofArgument(proof)] as const
  const { logs } = await sendCall(writer, { name: 'mark', to: writer.addresses.datanets, data: encodeFunctionData({ abi: datanetsAbi, functionName: 'mark', args }) })
  const { revokedRecords, freezeAt } = onlyEvent(parseEventLogs({ abi: datanetsAbi, eventName: 'SnapshotMarked', logs }), 'SnapshotMarked').args
  return { revokedRecords, freezeAt }
}
