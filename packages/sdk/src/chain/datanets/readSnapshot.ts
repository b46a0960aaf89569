import { datanetsAbi, type Hex, type Snapshot } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

export type SnapshotState = Snapshot & {
  /** Unix seconds. */
  sealedAt: bigint
  /** The version's number in its datanet, counted from 1. */
  number: bigint
  /** How many of its records were shown to be revoked. */
  revokedRecords: number
  /** From when on adapters that were trained on it may not be sold any more, Unix seconds; 0 while nothing freezes them. */
  freezeAt: number
}

/** A sealed snapshot; null when the chain does not know it. */
export async function readSnapshot(reader: LedgerReader, snapshotId: Hex): Promise<SnapshotState | null> {
  const state = await readLedger(reader, 'snapshot', (client) =>
    client.readContract({ address: reader.addresses.datanets, abi: datanetsAbi, functionName: 'getSnapshot', args: [snapshotId] }),
  )
  return state.number === 0n ? null : state
}
