import { formatOpen, PaymentError } from '@openledger/protocol'
import type { Address } from 'viem'
import type { ChannelAccount, ChannelOnChain } from './ChannelState.ts'

const pay = (code: string, message: string, fix: string): PaymentError => new PaymentError(code, message, { fix, status: 402 })

export type AdmissionInput = {
  account: ChannelAccount
  chain: ChannelOnChain | undefined
  gateway: Address
  /** The highest fee that this answer can cost. */
  maxFee: bigint
  /** How much may be owed without a voucher before another answer begins. */
  creditLimit: bigint
  /** How much may be answered in all before a channel's first voucher shows that its payer agrees. */
  firstVoucherCap: bigint
  /** The node signs this payer's vouchers itself, or the channel is prepaid: nothing is ever owed without one. */
  managed: boolean
}

/**
 * Whether a channel can pay for one more answer.
 * @throws PaymentError UNKNOWN_CHANNEL, OTHER_GATEWAY, CHANNEL_CLOSED, CHANNEL_THAWING, VOUCHER_MISSING, FIRST_VOUCHER_CAP, DEPOSIT_TOO_SMALL (status 402)
 */
export function checkAdmission({ account, chain, gateway, maxFee, creditLimit, firstVoucherCap, managed }: AdmissionInput): void {
  if (!chain) throw pay('UNKNOWN_CHANNEL', 'the chain knows no such payment channel', 'open a channel to this gateway, or correct the channel id')
  if (chain.gateway.toLowerCase() !== gateway.toLowerCase()) throw pay('OTHER_GATEWAY', `this channel pays gateway ${chain.gateway}, not ${gateway}`, 'open a channel to this gateway')
  if (chain.closed) throw pay('CHANNEL_CLOSED', 'this channel is closed', 'open a new channel with another salt')
  if (chain.thawing) throw pay('CHANNEL_THAWING', 'the payer is taking the deposit out of this channel', 'cancel the thaw, or open a new channel')
  const owed = account.spent - account.vouchered + (managed ? 0n : account.reserved)
  if (!managed && owed > creditLimit) {
    throw pay('VOUCHER_MISSING', `this channel owes ${formatOpen(owed)} OPEN without a voucher`, `sign a voucher for ${account.spent} in all, post it to /api/vouchers, then ask again`)
  }
  const unproven = account.spent + account.reserved + maxFee
  if (!managed && account.vouchered === 0n && unproven > firstVoucherCap) {
    throw pay(
      'FIRST_VOUCHER_CAP',
      `before its first voucher a channel gets answers for up to ${formatOpen(firstVoucherCap)} OPEN; with this one it could be ${formatOpen(unproven)}`,
      'ask for a shorter answer first (lower max_tokens) and sign its voucher',
    )
  }
  const free = chain.deposited - account.spent - account.reserved
  if (free >= maxFee) return
  throw pay(
    'DEPOSIT_TOO_SMALL',
    `this answer can cost up to ${formatOpen(maxFee)} OPEN, the channel has ${formatOpen(free < 0n ? 0n : free)} OPEN left`,
    `deposit at least ${formatOpen(maxFee - free)} OPEN more, or lower max_tokens; a deposit counts when its transaction is in a block`,
  )
}
