import { z } from 'zod'
import { abiEncode } from '../../encoding/abiEncode.ts'
import { address, count, hash32 } from '../../artefacts/fields.ts'
import { chunkSizes } from './chunkSizes.ts'

/** A whole number from −2^255 to 2^255 − 1, a decimal string in JSON. */
export const int256 = z
  .string()
  .regex(/^(0|-?[1-9]\d{0,76})$/, 'expected a decimal integer in a string')
  .transform((text) => BigInt(text))
  .refine((value) => BigInt.asIntN(256, value) === value, 'expected an integer that fits 256 bits')

/** One token of an answer: its id, whether a word starts there, and its weight in spans (1/1024 bit). */
export const answerTokenSchema = z.strictObject({ token: count, startsWord: z.boolean(), weight: count })
export type AnswerToken = z.infer<typeof answerTokenSchema>
export const answerTokenLeaf = (t: AnswerToken): Uint8Array => abiEncode([t.token, t.startsWord ? 1 : 0, t.weight])

/** The score of one atom in 2^−128 nats per token. */
export const scoreSchema = z.strictObject({ score: int256 })
export const scoreLeaf = ({ score }: { score: bigint }): Uint8Array => abiEncode([score])

/** Up to 16 atoms' ⟨g, r⟩ over all chunks up to and with one, in 2^−128 nats. */
export const sumsSchema = z.strictObject({ sums: z.array(int256).min(1).max(chunkSizes.atoms) })
export type Sums = z.infer<typeof sumsSchema>

/** Running sums as a leaf: abi.encode(bytes), each of them a big-endian int256. */
export const sumsLeaf = (sums: readonly bigint[]): Uint8Array => abiEncode([abiEncode(sums)])

/** One contributor's part of an answer, as the attribution document says it; sorted by contributor. */
export const contributorShareSchema = z.strictObject({ contributor: address, sharePpm: count, trainingWeight: count })
export const contributorShareLeaf = (s: z.infer<typeof contributorShareSchema>): Uint8Array => abiEncode([s.contributor, s.sharePpm, s.trainingWeight])

/** A span of an answer with its source, as the attribution document says it; in the order of the answer. */
export const spanSchema = z.strictObject({
  start: count,
  length: count,
  lo: count,
  hi: count,
  weight: count,
  /** The weight less what the bare base would have said anyway; absent: nothing is discounted. */
  discountedWeight: count.optional(),
  occurrences: count,
  records: count,
  contributors: count,
  source: z.strictObject({ recordId: hash32, contributor: address, field: z.enum(['prompt', 'completion']), offset: count, position: count }),
})
export type SpanClaim = z.infer<typeof spanSchema>
export const spanLeaf = (s: SpanClaim): Uint8Array =>
  abiEncode([
    ...[s.start, s.length, s.lo, s.hi, s.weight, s.discountedWeight ?? s.weight, s.occurrences, s.records, s.contributors],
    ...[s.source.recordId, s.source.contributor, s.source.field === 'completion' ? 1 : 0, s.source.offset, s.source.position],
  ])
