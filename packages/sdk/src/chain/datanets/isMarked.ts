import type { Address } from 'viem'
import { datanetsAbi, type Hex } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

/** Whether somebody has shown the chain that a sealed snapshot holds a contributor's revoked record. */
export async function isMarked(reader: LedgerReader, snapshotId: Hex, { recordId, contributor }: { recordId: Hex; contributor: Address }): Promise<boolean> {
  const address = reader.addresses.datanets
  return readLedger(reader, 'mark', (client) => client.readContract({ address, abi: datanetsAbi, functionName: 'isMarked', args: [snapshotId, recordId, contributor] }))
}
