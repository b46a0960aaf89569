import type { Hex } from '@openledger/protocol'

/**
 * A record's fate. `received` at first; the checks or a curator make it `accepted`, `review`, `rejected` or `duplicate`; a snapshot makes it
 * `sealed`; its contributor can make it `revoked` for all later snapshots.
 */
export type RecordStatus = 'received' | 'review' | 'accepted' | 'rejected' | 'duplicate' | 'sealed' | 'revoked'

/** Who acts: the automatic checks, a curator of the datanet, its owner, or the record's contributor. */
export type ReviewRole = 'checks' | 'curator' | 'owner' | 'contributor'

/** What somebody asks to happen to a record. */
export type RecordChange = {
  to: RecordStatus
  /** Unix seconds; not before the record's last event. */
  at: number
  /** An address, or the name and version of the checks. */
  by: string
  role: ReviewRole
  reason: string
  /** For `duplicate`: the record that is repeated. */
  copyOf?: Hex
  /** For `sealed`: the snapshot. */
  snapshotId?: Hex
}

/** Something that happened to one contribution's record; never changed afterwards. */
export type RecordEvent = RecordChange & { recordId: Hex; contributionId: Hex; from: RecordStatus | null }
