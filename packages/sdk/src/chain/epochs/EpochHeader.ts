import type { Hex } from '@openledger/protocol'

/** What a gateway said about one epoch, as the chain's event carries it. */
export type EpochHeader = {
  index: bigint
  receiptsRoot: Hex
  linesRoot: Hex
  balancesRoot: Hex
  /** The sum of this epoch's lines, smallest unit. */
  total: bigint
  /** The sum of all epochs' totals up to and with this one. */
  cumulative: bigint
  lineCount: number
  receiptCount: number
  /** SHA-256 of the epoch's file. */
  dataHash: Hex
  /** When the dispute window closes, unix seconds. */
  finalAt: bigint
}
