import { z } from 'zod'
import { address, amount, count, hash32 } from './fields.ts'
import { attributionStatementSchema, receiptSchema, signed } from './statementSchemas.ts'

const balance = z.strictObject({ payee: address, cumulative: amount })

/** An epoch's public data; its SHA-256 is the `dataHash` that the gateway posts. Prompts and answers are not in it. */
export const epochFileSchema = z.strictObject({
  kind: z.literal('openledger/epoch/1'),
  chainId: z.int().min(1),
  epochs: address,
  gateway: address,
  index: count,
  /** The balances that this epoch starts from: those of the last epoch that stands. */
  previousBalances: z.array(balance),
  /** Sorted by id. `attributionDeadline` opens the mark of a receipt that left its attribution open; without a `completion` it was not attributed in time. */
  receipts: z.array(
    z.strictObject({
      id: hash32,
      receipt: signed(receiptSchema),
      attributionDeadline: count.optional(),
      completion: signed(attributionStatementSchema).optional(),
      shares: z.array(z.strictObject({ payee: address, amount })),
    }),
  ),
  lines: z.array(z.strictObject({ payee: address, receiptId: hash32, amount, runningTotal: amount, epochTotal: amount })),
  balances: z.array(balance),
  total: amount,
})

export type EpochFile = z.infer<typeof epochFileSchema>
