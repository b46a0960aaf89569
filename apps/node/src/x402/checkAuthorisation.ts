import { isTransferAuthorised, PaymentError, type AuthorisedPayment, type Network, type PaymentPayload, type PaymentRequirements } from '@openledger/protocol'
import { isAddressEqual, type Address } from 'viem'

/** A refusal whose code is, in small letters, an error reason of x402. */
export const refusal = (reason: string, message: string, fix: string): PaymentError =>
  new PaymentError(reason.toUpperCase(), message, { status: 402, field: 'payment-signature', fix })

/** An authorisation must be good for at least so many seconds more, so that its transaction gets into a block. */
const leastSeconds = 6n

/** Whether a client's choice is one that the server offers. Throws UNSUPPORTED_SCHEME, INVALID_NETWORK, INVALID_PAYMENT_REQUIREMENTS. */
export function checkAccepted({ accepted }: PaymentPayload, offers: readonly PaymentRequirements[]): PaymentRequirements {
  const offer = offers.find(({ scheme }) => scheme === accepted.scheme)
  if (!offer) throw refusal('unsupported_scheme', `this node takes ${offers.map((o) => o.scheme).join(' and ')}, not ${accepted.scheme}`, 'choose one of the ways in PAYMENT-REQUIRED')
  if (accepted.network !== offer.network) throw refusal('invalid_network', `this node takes payments on ${offer.network}`, 'pay on that network')
  if (!isAddressEqual(accepted.asset, offer.asset) || !isAddressEqual(accepted.payTo, offer.payTo)) {
    throw refusal('invalid_payment_requirements', 'the payment names another token or receiver than the node asked for', 'ask again without a payment and sign what PAYMENT-REQUIRED says')
  }
  return offer
}

export type AuthorisationInput = {
  payment: AuthorisedPayment
  network: Network
  /** The till that must receive it. */
  payTo: Address
  /** What must be authorised: the price exactly, or at least so much. */
  amount: bigint
  exact: boolean
  /** Unix seconds. */
  now: bigint
}

/**
 * Checks an authorised transfer by itself, without the chain: receiver, amount, time, signature.
 * @throws PaymentError with the reasons of x402 as codes
 */
export async function checkAuthorisation({ payment, network, payTo, amount, exact, now }: AuthorisationInput): Promise<void> {
  const { to, value, validAfter, validBefore } = payment.authorization
  const again = 'ask again without a payment and sign what PAYMENT-REQUIRED says'
  if (!isAddressEqual(to, payTo)) throw refusal('invalid_exact_evm_payload_recipient_mismatch', `the payment goes to ${to}, not to this gateway's till ${payTo}`, again)
  if (exact ? value !== amount : value < amount) throw refusal('invalid_exact_evm_payload_authorization_value', `the payment is for ${value}, the answer can cost up to ${amount}`, again)
  if (value >= 2n ** 96n) throw refusal('invalid_exact_evm_payload_authorization_value', 'the payment is for more coins than there are', again)
  if (validAfter >= now) throw refusal('invalid_exact_evm_payload_authorization_valid_after', 'the payment is not valid yet', 'sign one that is valid now')
  if (validBefore < now + leastSeconds) throw refusal('invalid_exact_evm_payload_authorization_valid_before', 'the payment is not valid any more', 'sign one that is valid for a minute')
  if (!(await isTransferAuthorised(network.chainId, network.contracts.wopen, payment))) {
    throw refusal('invalid_exact_evm_payload_signature', `the payment is not signed by ${payment.authorization.from}`, 'sign with the key of the paying account; contract accounts cannot pay here')
  }
}
