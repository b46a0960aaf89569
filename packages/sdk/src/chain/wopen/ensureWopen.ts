import { encodeFunctionData, type Address } from 'viem'
import { wopenAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { readLedger } from '../connection/readLedger.ts'
import { sendCall } from '../connection/sendCall.ts'
import { readWopenBalance } from './readWopenBalance.ts'
import { wrapOpen } from './wrapOpen.ts'

/** Sees to it that `spender` can take `amount` of the sender's WOPEN: wraps what is missing and approves exactly the amount. */
export async function ensureWopen(writer: LedgerWriter, spender: Address, amount: bigint): Promise<void> {
  const { wopen } = writer.addresses
  const owner = writer.walletClient.account.address
  const balance = await readWopenBalance(writer, owner)
  if (balance < amount) await wrapOpen(writer, amount - balance)
  const allowance = await readLedger(writer, 'allowance', (client) =>
    client.readContract({ address: wopen, abi: wopenAbi, functionName: 'allowance', args: [owner, spender] }),
  )
  if (allowance >= amount) return
  await sendCall(writer, { name: 'approve', to: wopen, data: encodeFunctionData({ abi: wopenAbi, functionName: 'approve', args: [spender, amount] }) })
}
