import { encodeFunctionData, parseEventLogs } from 'viem'
import { modelsAbi, type Hex, type TrainingRun } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'

/**
 * Registers an adapter with its lineage by its trainer's signature; anyone may bring it.
 * @param contentHash hash of the folder that holds the adapter
 * @returns the run's id: the EIP-712 digest of the statement
 */
export async function registerAdapter(writer: LedgerWriter, run: TrainingRun, contentHash: Hex, signature: Hex): Promise<Hex> {
  const data = encodeFunctionData({ abi: modelsAbi, functionName: 'registerAdapter', args: [run, contentHash, signature] })
  const { logs } = await sendCall(writer, { name: 'adapter registration', to: writer.addresses.models, data })
  return onlyEvent(parseEventLogs({ abi: modelsAbi, eventName: 'AdapterRegistered', logs }), 'AdapterRegistered').args.runId
}
