import { z } from 'zod'
import type { Json } from '../encoding/canonicalJson.ts'
import { address, amount, cid, count, hash32, hexBytes, tokenId } from './fields.ts'
import { samplingSchema } from './samplingSchema.ts'
import { attributionStatementSchema, deploymentSchema, receiptSchema, signed, voucherSchema } from './statementSchemas.ts'

const json = z.custom<Json>((v) => v !== undefined)
const tokens = z.array(tokenId).max(131_072)

/**
 * A receipt with the openings that its holder needs to prove or audit it. The statement alone reveals neither prompt nor answer;
 * the bundle does, so it belongs to the client and the node.
 */
export const receiptBundleSchema = z.strictObject({
  kind: z.literal('openledger/receipt/1'),
  domain: z.strictObject({ chainId: z.int().min(1), verifyingContract: address }),
  receipt: signed(receiptSchema),
  /** Until when the answer must be attributed, Unix seconds: the receipt carries the mark of it. Absent when the receipt left nothing open. */
  attributionDeadline: count.optional(),
  /** The node's Attribution; absent while it is awaited, and for good when the deadline has passed without it. */
  completion: signed(attributionStatementSchema).optional(),
  deployment: signed(deploymentSchema),
  /** The run that made the adapter; null for the bare base. */
  run: cid.nullable(),
  request: z.strictObject({
    /** Opens requestHash and outputHash. */
    salt: hash32,
    messages: json,
    promptTokens: tokens,
    sampling: samplingSchema,
    clientNonce: hash32,
    nodeSecret: hash32,
  }),
  answer: z.strictObject({
    text: z.string().max(1_000_000),
    tokens,
    /** The hash of each answer token's logits; their tree's root is `fingerprintRoot`. None under a profile that says `logitsHashes: false`. */
    logitsHashes: z.array(hash32).max(131_072),
    finishReason: z.enum(['stop', 'length']),
    /** `text`: the tokens are the answer's text split once more, because the server that computed it named none. */
    tokensFrom: z.enum(['ids', 'text']).optional(),
  }),
  profile: json,
  /** Null for the bare base, and while it is awaited. */
  attribution: json.nullable(),
  /** The content id of the int8 query vector; null where there is no attribution. */
  queryVector: cid.nullable(),
  platformFee: amount,
  treasury: address,
  stakers: address,
  /** The share and training weight of each contributor, as the split took them; no shares while the attribution is awaited. */
  contributors: z.array(z.strictObject({ contributor: address, sharePpm: count, trainingWeight: count })).max(10_000),
  shares: z.array(z.strictObject({ payee: address, amount })).max(10_004),
})

export type ReceiptBundle = z.infer<typeof receiptBundleSchema>

/** Whether answers under a numerics profile carry the hash of each token's logits; a server that computes elsewhere may have none to give. */
export function hasLogitsHashes(profile: Json): boolean {
  return !(typeof profile === 'object' && profile !== null && 'logitsHashes' in profile && profile.logitsHashes === false)
}

/** A payer's voucher as it is kept and sent. */
export const signedVoucherSchema = z.strictObject({ statement: voucherSchema, signature: hexBytes })
export type SignedVoucher = z.infer<typeof signedVoucherSchema>
