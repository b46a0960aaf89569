import { encodeFunctionData, parseEventLogs, type Address, type TransactionReceipt } from 'viem'
import { estatesAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'

/**
 * Looks at a gateway, so that the time since the last look, at most 15 days of it, counts as silence; anyone may.
 * @returns the seconds of silence that are counted, 0 after an epoch was posted, and how often the gateway came back
 */
export async function watchGateway(writer: LedgerWriter, gateway: Address): Promise<{ silent: number; round: number }> {
  const data = encodeFunctionData({ abi: estatesAbi, functionName: 'watch', args: [gateway] })
  const { logs } = await sendCall(writer, { name: 'look at a gateway', to: writer.addresses.estates, data })
  const { silent, round } = onlyEvent(parseEventLogs({ abi: estatesAbi, eventName: 'Watched', logs }), 'Watched').args
  return { silent: Number(silent), round: Number(round) }
}

/** Announces that the estate of a gateway that was silent for a year opens without a promise, 30 days from now. */
export async function announceEstate(writer: LedgerWriter, gateway: Address): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: estatesAbi, functionName: 'announce', args: [gateway] })
  return sendCall(writer, { name: 'announcement', to: writer.addresses.estates, data })
}
