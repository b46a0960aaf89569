import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { guaranteesAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Puts native OPEN of the sender into its balance at Guarantees, from which the penalties of its promises are taken. @param amount smallest unit */
export async function bondAgent(writer: LedgerWriter, amount: bigint): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: guaranteesAbi, functionName: 'depositNative', args: [writer.walletClient.account.address] })
  return sendCall(writer, { name: 'bond of an agent', to: writer.addresses.guarantees, data, value: amount })
}
