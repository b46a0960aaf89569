import { PaymentError, statementDomain, verifyStatement, type Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import type { ChannelAccount, ChannelOnChain } from './ChannelState.ts'

export type VoucherInput = { channelId: Hex; cumulative: bigint; signature: Hex }
export type VoucherContext = { account: ChannelAccount; chain: ChannelOnChain | undefined; chainId: number; channels: Address; gateway: Address }

const bad = (code: string, message: string, fix: string): PaymentError => new PaymentError(code, message, { fix, status: 402, field: 'cumulative' })

/**
 * Checks a voucher: signed by the channel's payer for this chain and contract, higher than the last, not above what was spent or
 * deposited, and ending where an answer ends, so that what is collected is what answers cost.
 * @returns 'known' for a voucher that is already held, 'new' for one to keep
 * @throws PaymentError UNKNOWN_CHANNEL, OTHER_GATEWAY, PREPAID_CHANNEL, VOUCHER_NOT_RISING, VOUCHER_ABOVE_SPENT, VOUCHER_ABOVE_DEPOSIT, VOUCHER_BETWEEN_ANSWERS;
 * ProofError BAD_SIGNATURE
 */
export async function checkVoucher(voucher: VoucherInput, { account, chain, chainId, channels, gateway }: VoucherContext): Promise<'known' | 'new'> {
  const { channelId, cumulative, signature } = voucher
  if (!chain) throw bad('UNKNOWN_CHANNEL', 'the chain knows no such payment channel', 'correct the channel id')
  if (chain.gateway.toLowerCase() !== gateway.toLowerCase()) throw bad('OTHER_GATEWAY', `this channel pays gateway ${chain.gateway}`, 'send the voucher to that gateway')
  if (chain.prepaid) throw bad('PREPAID_CHANNEL', 'this channel is prepaid: no voucher is wanted', 'send none')
  await verifyStatement(statementDomain(chainId, channels), 'Voucher', { channelId, cumulative }, signature, chain.payer)
  if (cumulative === account.vouchered && cumulative > 0n) return 'known'
  if (cumulative <= account.vouchered) throw bad('VOUCHER_NOT_RISING', `the last voucher was for ${account.vouchered}, this one is for ${cumulative}`, `sign ${account.spent}, the sum of all answers so far`)
  if (cumulative > account.spent) throw bad('VOUCHER_ABOVE_SPENT', `the answers so far cost ${account.spent}, this voucher is for ${cumulative}`, `sign no more than ${account.spent}`)
  if (cumulative > chain.deposited) throw bad('VOUCHER_ABOVE_DEPOSIT', `the channel holds ${chain.deposited}, this voucher is for ${cumulative}`, 'deposit more first')
  if (!account.openTotals.includes(cumulative)) throw bad('VOUCHER_BETWEEN_ANSWERS', `${cumulative} is not what the answers so far cost`, `sign ${account.spent}`)
  return 'new'
}
