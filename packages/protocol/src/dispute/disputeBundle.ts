import { z } from 'zod'
import { count } from '../artefacts/fields.ts'
import { attributionStatementSchema, deploymentSchema, receiptSchema, signed } from '../artefacts/statementSchemas.ts'
import { attributionHeaderSchema } from './headers/attributionHeaderRoot.ts'
import { answerTokenClaimSchema } from './claims/verifyAnswerToken.ts'
import { betterMatchSchema } from './claims/verifyBetterMatch.ts'
import { dotProductSchema } from './claims/verifyDotProduct.ts'
import { inputsClaimSchema } from './claims/verifyInputs.ts'
import { recordOwnerSchema } from './claims/verifyRecordOwner.ts'
import { scoreClaimSchema } from './claims/verifyScore.ts'
import { spanSourceSchema } from './claims/verifySpanSource.ts'
import { spanWordsSchema } from './claims/verifySpanWords.ts'
import { splitClaimSchema } from './claims/verifySplit.ts'
import { suffixOrderSchema } from './claims/verifySuffixOrder.ts'

/** What somebody can be accused of, each with the openings that show it. */
export const disputeClaimSchema = z.discriminatedUnion('name', [
  dotProductSchema,
  scoreClaimSchema,
  splitClaimSchema,
  inputsClaimSchema,
  answerTokenClaimSchema,
  spanWordsSchema,
  spanSourceSchema,
  recordOwnerSchema,
  betterMatchSchema,
  suffixOrderSchema,
])
export type DisputeClaim = z.infer<typeof disputeClaimSchema>

/** An accusation with all that a judge needs: the signed statements, the header of the document that they bind, and the openings. */
export const disputeBundleSchema = z.strictObject({
  kind: z.literal('openledger/dispute/1'),
  receipt: signed(receiptSchema),
  /** As in a receipt bundle: for a receipt whose attribution came after it. */
  attributionDeadline: count.optional(),
  completion: signed(attributionStatementSchema).optional(),
  deployment: signed(deploymentSchema),
  header: attributionHeaderSchema,
  claim: disputeClaimSchema,
})
export type DisputeBundle = z.infer<typeof disputeBundleSchema>
