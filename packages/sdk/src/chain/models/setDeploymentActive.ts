import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { modelsAbi, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Takes a deployment off or puts it back; by its owner. */
export async function setDeploymentActive(writer: LedgerWriter, deploymentId: Hex, active: boolean): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: modelsAbi, functionName: 'setActive', args: [deploymentId, active] })
  return sendCall(writer, { name: 'deployment change', to: writer.addresses.models, data })
}
