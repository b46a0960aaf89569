import type { Address } from 'viem'
import { stakesAbi } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'
import { stakeRoleIndex, type StakeRole } from './StakeRole.ts'

/** What all delegators have put behind an account; amounts in the smallest unit. */
export type StakePool = { bonded: bigint; thawing: bigint; commissionPpm: number; open: boolean; shares: bigint }

/** What is delegated to an account's bond for a role. */
export async function readStakePool(reader: LedgerReader, account: Address, role: StakeRole): Promise<StakePool> {
  return readLedger(reader, 'pool', (client) =>
    client.readContract({ address: reader.addresses.stakes, abi: stakesAbi, functionName: 'getPool', args: [account, stakeRoleIndex[role]] }),
  )
}
