import { zeroAddress, type Address } from 'viem'
import { wopenAbi } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

/** The ERC-20 that is OPEN on the ledger's chain; null where OPEN is the native coin. */
export async function readOpenToken(reader: LedgerReader): Promise<Address | null> {
  const token = await readLedger(reader, 'token', (client) => client.readContract({ address: reader.addresses.wopen, abi: wopenAbi, functionName: 'underlying' }))
  return token === zeroAddress ? null : token
}
