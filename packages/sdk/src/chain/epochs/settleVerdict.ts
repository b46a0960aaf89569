import { parseEventLogs, type Log } from 'viem'
import { epochsAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { settleSlashes } from '../stakes/settleSlashes.ts'

/** Whether a transaction voided an epoch; the slash for it is settled, so that its accuser is paid and the gateway can go on. */
export async function settleVerdict(writer: LedgerWriter, logs: Log[]): Promise<boolean> {
  await settleSlashes(writer, logs)
  return parseEventLogs({ abi: epochsAbi, eventName: 'EpochVoided', logs }).length > 0
}
