import type { Address } from 'viem'
import { datanetsAbi, type Hex } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

/** Whether the consent policy lets a builder train on a snapshot; false for an unknown snapshot. */
export async function readTrainingAllowed(reader: LedgerReader, snapshotId: Hex, builder: Address): Promise<boolean> {
  return readLedger(reader, 'consent', (client) =>
    client.readContract({ address: reader.addresses.datanets, abi: datanetsAbi, functionName: 'isTrainingAllowed', args: [snapshotId, builder] }),
  )
}
