import { parseOpen } from '@openledger/protocol'

/** How a ledger is governed from its creation on; times in seconds, votes in the smallest unit of WOPEN. */
export type GovernanceSettings = {
  /** Between a proposal and the moment whose votes count. */
  votingDelay: number
  votingPeriod: number
  /** The votes that proposing takes. */
  proposalThreshold: bigint
  /** The part of all WOPEN that must vote for or abstain, 1 to 50 per cent. */
  quorumPercent: bigint
  /** The quorum's least value, for good. */
  minimumQuorum: bigint
  /** Between a decision and when it can be carried out. */
  timelockDelay: number
}

/** For a ledger that many share: a day to notice, five to vote, three to leave. */
export const publicGovernance: GovernanceSettings = {
  votingDelay: 86_400,
  votingPeriod: 5 * 86_400,
  proposalThreshold: parseOpen('1000'),
  quorumPercent: 4n,
  minimumQuorum: parseOpen('10000'),
  timelockDelay: 3 * 86_400,
}
