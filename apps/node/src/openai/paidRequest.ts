import { PaymentError, writePaymentHeader } from '@openledger/protocol'
import type { Context } from 'hono'
import type { Payer } from '../inference/AnswerRequest.ts'
import { bearer } from '../requests/guards.ts'
import type { PaymentDoor } from '../x402/PaymentDoor.ts'
import { payerOf, type PayerParts } from './payerOf.ts'

export type PaidRequestParts = PayerParts & { door: PaymentDoor }

/** Who pays, and what to do when the answers are there or have failed. */
export type PaidRequest = { payer: Payer; finish: () => Promise<void> }

/** The API key of clients that want one but pay by x402. */
const noKey = 'x402'

/**
 * Who pays for a request: what the header PAYMENT-SIGNATURE brings (x402), or whoever payerOf finds. Without any of them the answer is 402
 * with what would pay for it.
 * @param quote the most that the request can cost; asked only for strangers
 * @throws PaymentError NO_PAYMENT and the refusals of PaymentDoor (402); errors of payerOf
 */
export async function paidRequest(c: Context, parts: PaidRequestParts, quote: () => Promise<bigint>): Promise<PaidRequest> {
  const { door } = parts
  const header = c.req.header('payment-signature')
  const known = c.req.header('x-openledger-channel') !== undefined || (bearer(c) ?? noKey) !== noKey
  if (header === undefined && known) return { payer: await payerOf(c, parts), finish: () => Promise.resolve() }
  // A price of nothing could not be paid.
  const price = (await quote()) || 1n
  const ask = async (error: string): Promise<void> => c.header('PAYMENT-REQUIRED', writePaymentHeader(await door.required(c.req.url, price, error)))
  if (header === undefined) {
    await ask('PAYMENT-SIGNATURE header is required')
    throw new PaymentError('NO_PAYMENT', 'an answer costs OPEN, and nobody pays for this one', {
      status: 402,
      fix: 'pay as the header PAYMENT-REQUIRED says (x402), send an API key of this node, or the header x-openledger-channel with the id of a payment channel to its gateway',
    })
  }
  try {
    const { payer, response, finish } = await door.take(header, price)
    c.header('PAYMENT-RESPONSE', writePaymentHeader(response))
    return { payer, finish }
  } catch (error) {
    if (error instanceof PaymentError) {
      c.header('PAYMENT-RESPONSE', writePaymentHeader(door.refused(error.code)))
      await ask(error.message)
    }
    throw error
  }
}
