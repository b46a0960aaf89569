import { formatOpen } from '@openledger/protocol'
import type { AnswerView } from '@openledger/sdk'
import { z } from 'zod'

/** A receipt as a tool is given it. */
export const receiptInput = z.string().regex(/^0x[0-9a-fA-F]{4,64}$/, 'a receipt begins with 0x and at least 4 hexadecimal digits').describe('the receipt’s id, or the beginning of it')
/** An amount of OPEN in words, such as "0.0611". */
export const openField = z.string().regex(/^\d+(\.\d+)?$/).describe('amount of OPEN')

export const attributionField = z.enum(['none', 'pending', 'complete', 'failed']).describe('how far it is known whose data shaped the answer; pending: ask the tool sources later')

export const sourceFields = z.object({
  text: z.string().describe('words of the answer that stand in the record'),
  start: z.int(),
  end: z.int(),
  record: z.string(),
  contributor: z.string().describe('address, or name where it is known'),
})

export const contributorFields = z.object({ contributor: z.string(), influence_percent: z.number(), paid_open: openField })

/** Words of an answer, and whose they are. */
export const sourcesOf = ({ sources }: Pick<AnswerView, 'sources'>): z.output<typeof sourceFields>[] => sources.map(({ text, start, end, recordId, contributor, contributorName }) => ({ text, start, end, record: recordId, contributor: contributorName ?? contributor }))

/** Whose data shaped an answer, and what it earned them. */
export const contributorsOf = ({ influence }: Pick<AnswerView, 'influence'>): z.output<typeof contributorFields>[] =>
  influence.map(({ contributor, name, sharePpm, amount }) => ({ contributor: name ?? contributor, influence_percent: sharePpm / 10_000, paid_open: formatOpen(BigInt(amount)) }))
