import type { Address, TransactionReceipt } from 'viem'
import type { Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import { ensureWopen } from './ensureWopen.ts'
import { readOpenToken } from './readOpenToken.ts'

/** A call that takes OPEN in, as it is made with the native coin and as it is made with WOPEN that was approved. */
export type PayingCall = { name: string; to: Address; amount: bigint; native: Hex; wrapped: Hex }

/**
 * Makes a call that takes OPEN of the sender: one transaction where OPEN is the native coin; elsewhere what is missing is wrapped and approved before.
 * @throws OpenLedgerError as `sendCall` does; ERC20_INSUFFICIENT_BALANCE
 */
export async function payOpen(writer: LedgerWriter, { name, to, amount, native, wrapped }: PayingCall): Promise<TransactionReceipt> {
  if ((await readOpenToken(writer)) === null) return sendCall(writer, { name, to, data: native, value: amount })
  await ensureWopen(writer, to, amount)
  return sendCall(writer, { name, to, data: wrapped })
}
