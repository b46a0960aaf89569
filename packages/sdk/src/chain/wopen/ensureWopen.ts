import type { Address } from 'viem'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { ensureAllowance } from './ensureAllowance.ts'
import { readWopenBalance } from './readWopenBalance.ts'
import { wrapOpen } from './wrapOpen.ts'

/** Sees to it that `spender` can take `amount` of the sender's WOPEN: wraps what is missing and approves exactly the amount. */
export async function ensureWopen(writer: LedgerWriter, spender: Address, amount: bigint): Promise<void> {
  const balance = await readWopenBalance(writer, writer.walletClient.account.address)
  if (balance < amount) await wrapOpen(writer, amount - balance)
  await ensureAllowance(writer, writer.addresses.wopen, spender, amount)
}
