import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { parametersAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import type { LedgerParameters } from './readParameters.ts'

/** Sets all values; by the owner of Parameters, inside the bounds of the code. */
export async function setParameters(writer: LedgerWriter, parameters: LedgerParameters): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: parametersAbi, functionName: 'set', args: [parameters] })
  return sendCall(writer, { name: 'parameter change', to: writer.addresses.parameters, data })
}
