import { encodeFunctionData, parseEventLogs, parseSignature } from 'viem'
import { channelsAbi, fail, type AuthorisedPayment, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'

export type OpenedChannel = { channelId: Hex; transaction: Hex }

/**
 * Opens a channel between a payer and the sending gateway with a payment that the payer has authorised to one of the gateway's tills.
 * @param prepaid whether it pays for one answer without a voucher, the rest going back; else it is a deposit
 * @throws what WOPEN or Channels refuse: ERC3009_INVALID_SIGNATURE, ERC3009_INVALID_AUTHORIZATION_TIME, ERC20_INSUFFICIENT_BALANCE, CHANNEL_EXISTS
 */
export async function openAuthorisedChannel(writer: LedgerWriter, { authorization, signature }: AuthorisedPayment, prepaid: boolean): Promise<OpenedChannel> {
  const { r, s, v } = parseSignature(signature)
  if (v === undefined) fail('BAD_SIGNATURE', 'the payment carries a signature without v', { field: 'signature' })
  const { from, value, validAfter, validBefore, nonce } = authorization
  const data = encodeFunctionData({ abi: channelsAbi, functionName: 'openAuthorised', args: [{ from, value, validAfter, validBefore, nonce, v: Number(v), r, s }, prepaid] })
  const { logs, transactionHash } = await sendCall(writer, { name: 'payment', to: writer.addresses.channels, data })
  return { channelId: onlyEvent(parseEventLogs({ abi: channelsAbi, eventName: 'ChannelOpened', logs }), 'ChannelOpened').args.channelId, transaction: transactionHash }
}
