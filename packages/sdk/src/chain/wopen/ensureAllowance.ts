import { encodeFunctionData, erc20Abi, type Address } from 'viem'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { readLedger } from '../connection/readLedger.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Sees to it that `spender` can take `amount` of a token of the sender: approves exactly the amount when less is approved. @param amount smallest unit */
export async function ensureAllowance(writer: LedgerWriter, token: Address, spender: Address, amount: bigint): Promise<void> {
  const owner = writer.walletClient.account.address
  const allowance = await readLedger(writer, 'allowance', (client) => client.readContract({ address: token, abi: erc20Abi, functionName: 'allowance', args: [owner, spender] }))
  if (allowance >= amount) return
  await sendCall(writer, { name: 'approve', to: token, data: encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [spender, amount] }) })
}
