import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js'
import type { ServerNotification, ServerRequest } from '@modelcontextprotocol/sdk/types.js'
import { formatOpen, OpenLedgerError, ProofError } from '@openledger/protocol'
import type { ChatInput } from '@openledger/sdk'
import { z } from 'zod'
import { ask, type Answered } from '../verbs/ask.ts'
import { chooseModel } from '../verbs/chooseModel.ts'
import { attributionField, contributorFields, contributorsOf, openField, sourceFields, sourcesOf } from './answerFields.ts'
import type { McpContext } from './McpContext.ts'
import type { Reservation } from './SpendingLimit.ts'
import { asTool, toolResult } from './toolResult.ts'

const inputSchema = {
  question: z.string().min(1).max(200_000),
  system: z.string().max(100_000).optional().describe('a system message before the question'),
  model: z.string().max(200).optional().describe('default: the model that the server’s owner chose'),
  max_tokens: z.int().min(1).max(131_072).optional().describe('longest answer, in tokens: what an answer can cost at most depends on it'),
  temperature: z.number().min(0).max(2).optional().describe('0, the default, always takes the likeliest token'),
}

const outputSchema = {
  answer: z.string(),
  finish_reason: z.string().nullable(),
  model: z.string(),
  receipt: z.string().describe('id of the signed receipt; the tools receipt and sources take it'),
  fee_open: openField,
  attribution: attributionField,
  sources: z.array(sourceFields),
  contributors: z.array(contributorFields),
  spent_open: openField.describe('what was spent in all under the owner’s limit'),
  limit_open: openField.describe('the owner’s limit in all'),
}

/** Whether the failure says that no answer was begun, so that nothing can be owed for it. */
const boughtNothing = (error: unknown): boolean => error instanceof OpenLedgerError && error.action === 'fix' && !(error instanceof ProofError) && error.code !== 'OWED_TOO_MUCH'

/** Asks with what was set aside; on a failure that may be owed for, it stays set aside. */
async function spend(reservation: Reservation, buy: () => Promise<Answered>): Promise<Answered> {
  try {
    const answered = await buy()
    await reservation.settle(BigInt(answered.view.fee))
    return answered
  } catch (error) {
    if (boughtNothing(error)) await reservation.release()
    throw error
  }
}

/** Tells how far the answer is, to callers that want to know. */
function progress({ _meta, sendNotification }: RequestHandlerExtra<ServerRequest, ServerNotification>): (text: string) => void {
  const token = _meta?.progressToken
  if (token === undefined) return () => undefined
  let count = 0
  return (message) => void sendNotification({ method: 'notifications/progress', params: { progressToken: token, progress: ++count, message } }).catch(() => undefined)
}

/** The tool `ask`: buys one answer, within the owner's limits. */
export function registerAskTool(server: McpServer, { session, limit, payer, model: chosen, maxTokens: usual, attributionMs }: McpContext): void {
  const config = {
    title: 'Ask a model of OpenLedger',
    description: 'Asks a model and pays for the answer in OPEN, within the limits that the owner of the wallet has set. The answer comes with a signed receipt and with the contributors whose data shaped it.',
    inputSchema,
    outputSchema,
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  }
  server.registerTool('ask', config, ({ question, system, model: named, max_tokens: maxTokens = usual, temperature = 0 }, extra) =>
    asTool(async () => {
      const model = named ?? chosen ?? (await chooseModel(session))
      const messages: ChatInput['messages'] = [...(system === undefined ? [] : [{ role: 'system' as const, content: system }]), { role: 'user', content: question }]
      const most = await session.node.quote({ model, messages, maxTokens, temperature })
      const reservation = await limit.reserve(most)
      const answered = await spend(reservation, () => ask(session, { model, messages, payer, maxTokens, temperature, mostFee: most, deposit: limit.caps.total, attributionMs, onText: progress(extra) }))
      const { text, finishReason, receiptId, view } = answered
      const spent = await limit.spent()
      const words = `${text}\n\nreceipt ${receiptId}, ${formatOpen(BigInt(view.fee))} OPEN; ${formatOpen(spent)} of ${formatOpen(limit.caps.total)} OPEN spent`
      return toolResult(words, {
        ...{ answer: text, finish_reason: finishReason, model, receipt: receiptId, fee_open: formatOpen(BigInt(view.fee)) },
        ...{ attribution: view.attribution.status, sources: sourcesOf(view), contributors: contributorsOf(view) },
        ...{ spent_open: formatOpen(spent), limit_open: formatOpen(limit.caps.total) },
      })
    }),
  )
}
