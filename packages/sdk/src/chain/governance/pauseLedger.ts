import { encodeFunctionData, parseEventLogs, type TransactionReceipt } from 'viem'
import { parametersAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Stops new deposits, bonds and registrations; by the guardian. @param duration seconds, at most seven days @returns when it ends, unix seconds */
export async function pauseLedger(writer: LedgerWriter, duration: number): Promise<bigint> {
  const data = encodeFunctionData({ abi: parametersAbi, functionName: 'pause', args: [duration] })
  const { logs } = await sendCall(writer, { name: 'pause', to: writer.addresses.parameters, data })
  return onlyEvent(parseEventLogs({ abi: parametersAbi, eventName: 'Paused', logs }), 'Paused').args.until
}

/** Ends a pause before its time; by the guardian. */
export async function unpauseLedger(writer: LedgerWriter): Promise<TransactionReceipt> {
  return sendCall(writer, { name: 'end of the pause', to: writer.addresses.parameters, data: encodeFunctionData({ abi: parametersAbi, functionName: 'unpause' }) })
}
