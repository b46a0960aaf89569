import { z } from 'zod'
import { address, hash32 } from '../artefacts/fields.ts'
import { guaranteeSchema, signed } from '../artefacts/statementSchemas.ts'
import type { ReceiptTerms } from './receiptCriterion.ts'

const terms = z.strictObject({ modelId: hash32, requestHash: hash32, gateway: address, opened: z.boolean() }) satisfies z.ZodType<Required<ReceiptTerms>>

/** A promise as an agent hands it to a client: signed, with the task in words and, for a receipt, the terms behind its criterion. */
export const guaranteeFileSchema = z.strictObject({
  kind: z.literal('openledger/guarantee/1'),
  domain: z.strictObject({ chainId: z.int().min(1), verifyingContract: address }),
  guarantee: signed(guaranteeSchema),
  task: z.string().min(1).max(100_000),
  receiptTerms: terms.nullable(),
})

export type GuaranteeFile = z.infer<typeof guaranteeFileSchema>
