import { parseOpen } from '@openledger/protocol'
import type { LedgerParameters } from '@openledger/sdk'
import type { Address } from 'viem'

/** The parameters of a ledger on an embedded chain: windows short enough to watch. A public ledger sets its own, inside the contract's bounds. */
export function embeddedParameters(treasury: Address, disputeWindow: number): LedgerParameters {
  return {
    disputeWindow,
    channelThaw: 60,
    stakeThaw: Math.max(60, disputeWindow),
    paused: false,
    minimumStake: parseOpen('100'),
    deploymentFee: parseOpen('5'),
    platformFee: parseOpen('0.0001'),
    challengeDeposit: parseOpen('1'),
    treasury,
  }
}
