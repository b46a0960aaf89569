import { parseOpen } from '@openledger/protocol'
import type { GovernanceSettings, LedgerParameters } from '@openledger/sdk'
import type { Address } from 'viem'

/** The parameters of a ledger on an embedded chain: windows short enough to watch. A public ledger sets its own, inside the contract's bounds. */
export function embeddedParameters(treasury: Address, disputeWindow: number): LedgerParameters {
  return {
    disputeWindow,
    channelThaw: 60,
    stakeThaw: Math.max(60, 2 * disputeWindow),
    minimumStake: parseOpen('100'),
    deploymentFee: parseOpen('5'),
    platformFee: parseOpen('0.0001'),
    challengeDeposit: parseOpen('1'),
    treasury,
  }
}

/** How a ledger on an embedded chain is governed: a vote of minutes. What is written here is the shortest that it can ever be. */
export const embeddedGovernance: GovernanceSettings = {
  votingDelay: 10,
  votingPeriod: 120,
  proposalThreshold: parseOpen('100'),
  quorumPercent: 4n,
  minimumQuorum: parseOpen('1000'),
  timelockDelay: 60,
}
