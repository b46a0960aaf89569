import { readArtefact, wholePpm, type Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import { z } from 'zod'
import { policy } from '../policy.ts'
import { maxMicroNats } from '../shares/microNats.ts'
import { maxSurprisal } from '../spans/surprisal.ts'

const hash32 = z.custom<Hex>((v) => typeof v === 'string' && /^0x[0-9a-f]{64}$/.test(v), 'expected 0x and 64 lower-case hexadecimal digits')
const address = z.custom<Address>((v) => typeof v === 'string' && /^0x[0-9a-f]{40}$/.test(v), 'expected a lower-case address')
const uint32 = z.int().min(0).max(0xffffffff)
const maxTokens = 131_072
const token = z.int().min(0).max(maxTokens)

const place = z.strictObject({ recordId: hash32, contributor: address, field: z.enum(['prompt', 'completion']), offset: uint32, position: uint32 })

const span = z.strictObject({
  start: token,
  length: z.int().min(1).max(maxTokens),
  lo: uint32,
  hi: uint32,
  weight: z.int().min(1),
  /** At most `weight`: each token counts no more than its surprisal. */
  discountedWeight: z.int().min(0),
  occurrences: z.int().min(1).max(0xffffffff),
  records: z.int().min(1).max(0xffffffff),
  contributors: z.int().min(1).max(0xffffffff),
  source: place,
  copies: z.array(place).max(policy.maxCopies),
})

/** Parameters of a method: numbers and short texts by name. */
const methodParameters = z.record(z.string().max(64), z.union([z.int(), z.string().max(200)])).refine((parameters) => Object.keys(parameters).length <= 32, 'more than 32 parameters')

/** What is claimed about one answer: whose words stand in it (spans) and who shaped it (scores and shares). Canonical JSON. */
export const attributionSchema = z.strictObject({
  kind: z.literal('openledger/attribution/1'),
  /** `parameters`: how the table was made, and how well the method predicted retraining where that was measured; the table's `details.method`. */
  method: z.strictObject({ name: z.string().min(1).max(64), hash: hash32, parameters: methodParameters }),
  baseId: hash32,
  adapterId: hash32,
  /** SHA-256 of the influence table, the span index and the query vector, each a public file. */
  tableHash: hash32,
  indexHash: hash32,
  queryHash: hash32,
  /** The roots under which a contract opens pieces of the three. */
  commitments: z.strictObject({ table: hash32, index: hash32, query: hash32 }),
  /** Root of the tree over the revoked record ids, sorted, that spans left out. */
  revokedHash: hash32,
  /** The receipt's `outputHash`. */
  answerKey: hash32,
  answerTokens: token,
  /** Micro-nats per answer token. */
  losses: z.strictObject({ base: z.int().min(0).max(maxMicroNats), tuned: z.int().min(0).max(maxMicroNats) }),
  /** Per answer token, −log2 of the probability that the bare base gives it, in 1/1024 bit; absent: spans are not discounted. */
  baseSurprisal: z.array(z.int().min(0).max(maxSurprisal)).max(maxTokens).optional(),
  /** Root of the tree over the answer's tokens, with word starts and weights. */
  tokensRoot: hash32,
  /** Root of the tree over each atom's running sums of ⟨g, r⟩. */
  sumsRoot: hash32,
  /** Per atom of the table: value · 2^exponent nats per token. */
  scores: z.strictObject({
    exponent: z.int().min(-128).max(255),
    values: z.array(z.string().regex(/^(0|-?[1-9]\d{0,76})$/, 'expected a decimal integer in a string')).min(1).max(policy.maxAtoms),
  }),
  shares: z
    .array(z.strictObject({ contributor: address, sharePpm: z.int().min(0).max(wholePpm), trainingWeight: z.int().min(0) }))
    .min(1)
    .max(policy.maxContributors)
    .refine((shares) => shares.reduce((sum, s) => sum + s.sharePpm, 0) <= wholePpm, 'the shares sum to more than 1,000,000 ppm'),
  spans: z.array(span).max(maxTokens),
}).refine(({ baseSurprisal, answerTokens }) => baseSurprisal === undefined || baseSurprisal.length === answerTokens, 'as many surprisals as answer tokens')

export type AttributionDocument = z.infer<typeof attributionSchema>

/**
 * Reads an attribution document from JSON text, bytes or a parsed value; anything unknown, missing or out of bounds is refused.
 * @throws InputError BAD_ARTEFACT naming the first wrong field
 */
export function readAttribution(source: string | Uint8Array | object): AttributionDocument {
  return readArtefact(attributionSchema, source)
}
