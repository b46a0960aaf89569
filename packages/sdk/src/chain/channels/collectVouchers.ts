import { encodeFunctionData, parseEventLogs, toFunctionSelector, type AbiItem } from 'viem'
import { channelsAbi, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import { errorCode } from '../errors/ledgerError.ts'
import type { SignedVoucher } from './SignedVoucher.ts'

export type Collection = {
  /** What came in, smallest unit. */
  total: bigint
  collected: { channelId: Hex; amount: bigint; cumulative: bigint }[]
  /** The vouchers that were left out, each with the code that it would raise alone. */
  rejected: { channelId: Hex; cumulative: bigint; code: string }[]
}

const codes = new Map(
  (channelsAbi as readonly AbiItem[]).flatMap((item) =>
    item.type === 'error' ? [[toFunctionSelector({ ...item, type: 'function', stateMutability: 'view', outputs: [] }), errorCode(item.name)] as const] : [],
  ),
)

/** Collects many vouchers for the sending gateway's epoch in one transaction; bad ones are left out. Fails with NOTHING_COLLECTED. */
export async function collectVouchers(writer: LedgerWriter, vouchers: readonly SignedVoucher[]): Promise<Collection> {
  const data = encodeFunctionData({ abi: channelsAbi, functionName: 'collectMany', args: [vouchers] })
  const { logs } = await sendCall(writer, { name: 'vouchers', to: writer.addresses.channels, data })
  const collected = parseEventLogs({ abi: channelsAbi, eventName: 'Collected', logs }).map(({ args }) => ({
    channelId: args.channelId,
    amount: args.amount,
    cumulative: args.cumulative,
  }))
  const rejected = parseEventLogs({ abi: channelsAbi, eventName: 'VoucherRejected', logs }).map(({ args }) => ({
    channelId: args.channelId,
    cumulative: args.cumulative,
    code: codes.get(args.reason) ?? args.reason,
  }))
  return { total: collected.reduce((sum, c) => sum + c.amount, 0n), collected, rejected }
}
