import type { Address } from 'viem'
import { wopenAbi } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

/** An account's WOPEN, smallest unit. */
export async function readWopenBalance(reader: LedgerReader, account: Address): Promise<bigint> {
  return readLedger(reader, 'balance', (client) =>
    client.readContract({ address: reader.addresses.wopen, abi: wopenAbi, functionName: 'balanceOf', args: [account] }),
  )
}
