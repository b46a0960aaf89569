import type { Address } from 'viem'
import { stakesAbi } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'
import { stakeRoleIndex, type StakeRole } from './StakeRole.ts'

/** What one delegator has put behind an account; amounts in the smallest unit. */
export type Delegation = {
  shares: bigint
  /** What the shares are worth now. */
  bonded: bigint
  /** What `claimDelegationRewards` would pay now. */
  rewards: bigint
  /** What is on its way out, still slashable: its present worth, and when it is free, unix seconds. */
  leaving: readonly { amount: bigint; releaseAt: bigint }[]
}

/** A delegator's part in an account's bond. */
export async function readDelegation(reader: LedgerReader, delegator: Address, account: Address, role: StakeRole): Promise<Delegation> {
  const { shares, bonded, rewards, leaving } = await readLedger(reader, 'delegation', (client) =>
    client.readContract({ address: reader.addresses.stakes, abi: stakesAbi, functionName: 'getDelegation', args: [delegator, account, stakeRoleIndex[role]] }),
  )
  return { shares, bonded, rewards, leaving: leaving.map(({ amount, releaseAt }) => ({ amount, releaseAt })) }
}
