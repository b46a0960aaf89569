import { z } from 'zod'
import { address, amount, count, hash32 } from './fields.ts'
import { receiptSchema } from './statementSchemas.ts'

const header = z.strictObject({
  index: amount,
  receiptsRoot: hash32,
  linesRoot: hash32,
  balancesRoot: hash32,
  total: amount,
  cumulative: amount,
  lineCount: count,
  receiptCount: count,
  dataHash: hash32,
  finalAt: amount,
})
const proof = z.strictObject({ index: count, count, siblings: z.array(hash32).max(64) })
const receipt = z.strictObject({ leaf: z.strictObject({ receiptId: hash32, shareRoot: hash32 }), proof })
const share = z.strictObject({ share: z.strictObject({ payee: address, amount }), proof })
const line = z.strictObject({ line: z.strictObject({ payee: address, receiptId: hash32, amount, runningTotal: amount, epochTotal: amount }), proof })
const balance = z.strictObject({ balance: z.strictObject({ payee: address, cumulative: amount }), proof })
/** An entry, or its neighbours where it is missing. */
const one = <T extends z.ZodType>(opening: T) => z.array(opening).max(2)

/** What an epoch is accused of, with the openings that a contract needs. Lists hold the entry, or the neighbours around the gap where it would stand. */
const claim = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('first-line'), line }),
  z.strictObject({ name: z.literal('lines'), first: line, second: line }),
  z.strictObject({ name: z.literal('total'), last: one(line) }),
  z.strictObject({ name: z.literal('receipts'), first: receipt, second: receipt }),
  z.strictObject({ name: z.literal('repeated-receipt'), here: receipt, earlier: header, there: receipt }),
  z.strictObject({ name: z.literal('misplaced-receipt'), opening: receipt, receipt: receiptSchema }),
  z.strictObject({ name: z.literal('foreign-line'), line, receipt: one(receipt), share: one(share) }),
  z.strictObject({ name: z.literal('missing-line'), receipt, share, lines: one(line) }),
  z.strictObject({ name: z.literal('balance-order'), first: balance, second: balance }),
  z.strictObject({ name: z.literal('balance'), previous: header.optional(), payee: address, before: one(balance), earned: one(line), afterwards: one(balance) }),
  /** The file does not show what stands there: the gateway is called upon to show it. */
  z.strictObject({ name: z.literal('withheld'), list: z.enum(['receipts', 'lines', 'balances']), place: count }),
])

/** An accusation of an epoch that anyone can bring to the chain while the epoch's window is open. */
export const epochDisputeSchema = z.strictObject({
  kind: z.literal('openledger/epoch-dispute/1'),
  chainId: z.int().min(1),
  epochs: address,
  gateway: address,
  header,
  finding: z.string().max(1000),
  claim,
})

export type EpochDispute = z.infer<typeof epochDisputeSchema>
export type EpochDisputeClaim = EpochDispute['claim']
/** What a gateway posted about an epoch: as the chain's event carries it. */
export type PostedEpoch = EpochDispute['header']
