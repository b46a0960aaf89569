import { encodeFunctionData, parseEventLogs, type Address } from 'viem'
import { guaranteesAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Pays an account its whole balance at Guarantees, in WOPEN; anyone may send it. @returns what was paid, smallest unit; fails with NOTHING_TO_WITHDRAW */
export async function withdrawGuaranteeBalance(writer: LedgerWriter, account: Address): Promise<bigint> {
  const data = encodeFunctionData({ abi: guaranteesAbi, functionName: 'withdraw', args: [account] })
  const { logs } = await sendCall(writer, { name: 'withdrawal', to: writer.addresses.guarantees, data })
  return onlyEvent(parseEventLogs({ abi: guaranteesAbi, eventName: 'Withdrawn', logs }), 'Withdrawn').args.amount
}
