import { z } from 'zod'
import { address, amount, hash32 } from '../artefacts/fields.ts'
import type { Hex } from '../encoding/bytes.ts'

/*
 * The messages of x402, version 2: what a server asks for, what a client sends, what the server says of it. Amounts on the wire are decimal
 * strings in the token's smallest unit. Fields that are not known are passed over, as the protocol wants it.
 */

/** One way to pay. `amount` is the price, or its ceiling where the scheme says so. */
export const paymentRequirementsSchema = z.object({
  scheme: z.string().min(1).max(64),
  /** CAIP-2, as in `eip155:8453`. */
  network: z.string().min(3).max(64),
  amount: z.string().regex(/^(0|[1-9]\d{0,77})$/),
  asset: address,
  payTo: address,
  maxTimeoutSeconds: z.int().min(1),
  extra: z.record(z.string(), z.unknown()).optional(),
})
export type PaymentRequirements = z.output<typeof paymentRequirementsSchema>

/** What a server answers with status 402, in the header PAYMENT-REQUIRED. */
export const paymentRequiredSchema = z.object({
  x402Version: z.literal(2),
  error: z.string().optional(),
  resource: z.object({ url: z.string(), description: z.string().optional(), mimeType: z.string().optional() }),
  accepts: z.array(paymentRequirementsSchema).min(1),
})
export type PaymentRequired = z.output<typeof paymentRequiredSchema>

/** 65 bytes r, s, v, in either case. */
const signature = z
  .string()
  .regex(/^0x[0-9a-fA-F]{130}$/, 'expected a signature of 65 bytes by a key, r, s, v')
  .transform((text) => text.toLowerCase() as Hex)

/** An ERC-3009 transfer and its signature, as the scheme `exact` sends it. */
export const authorisedPaymentSchema = z.object({
  signature,
  authorization: z.object({ from: address, to: address, value: amount, validAfter: amount, validBefore: amount, nonce: z.string().toLowerCase().pipe(hash32) }),
})
export type AuthorisedPayment = z.output<typeof authorisedPaymentSchema>

/** What pays for a request in the scheme `batch-settlement`: a channel, the voucher for the answers before, or the deposit that opens it. */
export const channelPaymentSchema = z.object({
  channelId: z.string().toLowerCase().pipe(hash32),
  voucher: z.object({ cumulative: amount, signature }).optional(),
  deposit: authorisedPaymentSchema.optional(),
})
export type ChannelPayment = z.output<typeof channelPaymentSchema>

/** What a client sends in the header PAYMENT-SIGNATURE; `payload` is read by its scheme. */
export const paymentPayloadSchema = z.object({ x402Version: z.literal(2), accepted: paymentRequirementsSchema, payload: z.record(z.string(), z.unknown()) })
export type PaymentPayload = z.output<typeof paymentPayloadSchema>

/** What became of a payment, in the header PAYMENT-RESPONSE. */
export type SettlementResponse = {
  success: boolean
  errorReason?: string
  payer?: string
  /** The transaction's hash, or what identifies a commitment that is settled later; empty when nothing was settled. */
  transaction: string
  network: string
  amount?: string
  extensions?: Record<string, unknown>
}
