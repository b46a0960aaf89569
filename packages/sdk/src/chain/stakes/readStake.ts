import type { Address } from 'viem'
import { stakesAbi } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'
import { stakeRoleIndex, type StakeRole } from './StakeRole.ts'

export type Stake = {
  /** In force, smallest unit. */
  bonded: bigint
  /** On its way out, still slashable. */
  thawing: bigint
  /** When it is free, unix seconds. */
  releaseAt: bigint
  /** What `claimStakeRewards` would pay now. */
  rewards: bigint
}

/** An account's bond for a role. */
export async function readStake(reader: LedgerReader, account: Address, role: StakeRole): Promise<Stake> {
  const contract = { address: reader.addresses.stakes, abi: stakesAbi, args: [account, stakeRoleIndex[role]] } as const
  const [{ bonded, thawing, releaseAt }, rewards] = await readLedger(reader, 'stake', (client) =>
    Promise.all([client.readContract({ ...contract, functionName: 'getPosition' }), client.readContract({ ...contract, functionName: 'pendingRewards' })]),
  )
  return { bonded, thawing, releaseAt: BigInt(releaseAt), rewards }
}
