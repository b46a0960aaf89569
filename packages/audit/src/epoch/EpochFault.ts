import type { EpochDisputeClaim, EpochFile, PostedEpoch } from '@openledger/protocol'

/** An epoch before the one that is audited. */
export type EarlierEpoch = { file: EpochFile; header: PostedEpoch }

/** A fault with the openings that show it to a contract. */
export type EpochFault = { claim: EpochDisputeClaim; finding: string }
