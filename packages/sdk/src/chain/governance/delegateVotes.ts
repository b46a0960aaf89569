import { encodeFunctionData, type Address, type TransactionReceipt } from 'viem'
import { wopenAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Gives the votes of the sender's WOPEN to an account, if only to the sender's own: what nobody was given does not vote. */
export async function delegateVotes(writer: LedgerWriter, to: Address): Promise<TransactionReceipt> {
  return sendCall(writer, { name: 'delegation of votes', to: writer.addresses.wopen, data: encodeFunctionData({ abi: wopenAbi, functionName: 'delegate', args: [to] }) })
}
