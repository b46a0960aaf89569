import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { guaranteesAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { payOpen } from '../wopen/payOpen.ts'

/** Puts OPEN of the sender into its balance at Guarantees, from which the penalties of its promises are taken. @param amount smallest unit */
export async function bondAgent(writer: LedgerWriter, amount: bigint): Promise<TransactionReceipt> {
  const { address } = writer.walletClient.account
  const native = encodeFunctionData({ abi: guaranteesAbi, functionName: 'depositNative', args: [address] })
  const wrapped = encodeFunctionData({ abi: guaranteesAbi, functionName: 'deposit', args: [address, amount] })
  return payOpen(writer, { name: 'bond of an agent', to: writer.addresses.guarantees, amount, native, wrapped })
}
