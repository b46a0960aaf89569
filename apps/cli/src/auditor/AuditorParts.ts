import type { ExecutionFinding } from '@openledger/audit'
import type { EpochFile, ExecutionOpening, Hex, Receipt } from '@openledger/protocol'
import type { LedgerWriter } from '@openledger/sdk'
import type { Address } from 'viem'

/** What an auditor's process works with; everything else is on the chain, so that it can be killed at any moment. */
export type AuditorParts = {
  /** Sends as the auditor. */
  writer: LedgerWriter
  /** The salt of a vote: the same each time for the same words, and nobody else's to find. */
  salt(words: string): Promise<Hex>
  /** Executes an opened answer again. */
  judge(receipt: Receipt, opening: ExecutionOpening): Promise<ExecutionFinding>
  /** The public file of an epoch that stands; undefined while it is not to be had. */
  epochFile(gateway: Address, index: number): Promise<EpochFile | undefined>
  /** What happened, in a line for people. */
  say(line: string): void
  /** Announce draws and call upon nodes to open what was drawn. Default true. */
  sample?: boolean
  /** Appeal where a committee says otherwise than the own execution; it takes a bond. Default false. */
  appeal?: boolean
}
