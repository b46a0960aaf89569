import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { channelsAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import type { SignedVoucher } from './SignedVoucher.ts'

/** Collects one voucher for the sending gateway's epoch; fails with the reason when it is bad. */
export async function collectVoucher(writer: LedgerWriter, { channelId, cumulative, signature }: SignedVoucher): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: channelsAbi, functionName: 'collect', args: [channelId, cumulative, signature] })
  return sendCall(writer, { name: 'voucher', to: writer.addresses.channels, data })
}
