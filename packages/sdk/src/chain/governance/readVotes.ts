import type { Address } from 'viem'
import { wopenAbi } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

/** The votes that an account has now, smallest unit of WOPEN. */
export async function readVotes(reader: LedgerReader, account: Address): Promise<bigint> {
  return readLedger(reader, 'votes', (client) =>
    client.readContract({ address: reader.addresses.wopen, abi: wopenAbi, functionName: 'getVotes', args: [account] }),
  )
}
