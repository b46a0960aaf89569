import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { tokenWOPENAbi, wopenAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import { ensureAllowance } from './ensureAllowance.ts'
import { readOpenToken } from './readOpenToken.ts'

/** Wraps OPEN of the sender as WOPEN, one to one: the native coin, or where OPEN is an ERC-20, that token, approved before. @param amount smallest unit */
export async function wrapOpen(writer: LedgerWriter, amount: bigint): Promise<TransactionReceipt> {
  const { wopen } = writer.addresses
  const token = await readOpenToken(writer)
  if (token === null) return sendCall(writer, { name: 'wrap', to: wopen, data: encodeFunctionData({ abi: wopenAbi, functionName: 'deposit' }), value: amount })
  await ensureAllowance(writer, token, wopen, amount)
  return sendCall(writer, { name: 'wrap', to: wopen, data: encodeFunctionData({ abi: tokenWOPENAbi, functionName: 'depositFor', args: [writer.walletClient.account.address, amount] }) })
}
