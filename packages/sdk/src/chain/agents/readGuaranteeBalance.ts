import type { Address } from 'viem'
import { guaranteesAbi } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

/** What an account can withdraw from Guarantees, smallest unit; what open guarantees bind is not in it. */
export async function readGuaranteeBalance(reader: LedgerReader, account: Address): Promise<bigint> {
  return readLedger(reader, 'balance', (client) => client.readContract({ address: reader.addresses.guarantees, abi: guaranteesAbi, functionName: 'balanceOf', args: [account] }))
}
