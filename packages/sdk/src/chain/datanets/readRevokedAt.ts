import type { Address } from 'viem'
import { datanetsAbi, type Hex } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

/**
 * When a contributor revoked a record of theirs, unix seconds; null when they did not. Consent belongs to (datanet, record, contributor):
 * nobody can revoke a record that somebody else contributed too.
 */
export async function readRevokedAt(reader: LedgerReader, datanetId: bigint, recordId: Hex, contributor: Address): Promise<bigint | null> {
  const time = await readLedger(reader, 'revocation', (client) =>
    client.readContract({ address: reader.addresses.datanets, abi: datanetsAbi, functionName: 'revokedAt', args: [datanetId, recordId, contributor] }),
  )
  return time === 0n ? null : time
}
