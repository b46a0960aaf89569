import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { formatOpen } from '@openledger/protocol'
import { z } from 'zod'
import { attributionField, openField, receiptInput } from './answerFields.ts'
import { heldReceipt } from './heldReceipt.ts'
import type { McpContext } from './McpContext.ts'
import { asTool, toolResult } from './toolResult.ts'

const lineFields = z.object({ payee: z.string(), paid_open: openField, claimed: z.boolean() })
const outputSchema = {
  ...{ receipt: z.string(), time: z.iso.datetime(), node: z.string(), gateway: z.string(), base: z.string(), adapter: z.string(), channel: z.string() },
  ...{ input_tokens: z.int(), output_tokens: z.int(), fee_open: openField, signature: z.string().describe('the node’s, over the receipt; its id is the digest that is signed') },
  attribution: attributionField,
  epoch: z.int().nullable().describe('the epoch in which it was settled; null before'),
  final: z.boolean().describe('whether that epoch can no longer be disputed'),
  payments: z.array(lineFields),
}

/** The tool `receipt`: what a node signed about an answer, and whom it paid. */
export function registerReceiptTool(server: McpServer, { session }: McpContext): void {
  const config = {
    title: 'Receipt of an answer',
    description: 'The signed receipt of an answer: which node, model and adapter answered, tokens and fee, and the payments that it caused. It costs nothing; openledger audit recomputes all of it.',
    inputSchema: { receipt: receiptInput },
    outputSchema,
    annotations: { readOnlyHint: true, openWorldHint: true },
  }
  server.registerTool('receipt', config, ({ receipt }) =>
    asTool(async () => {
      const { id, bundle, payment } = await heldReceipt(session, receipt)
      const { statement, signature } = bundle.receipt
      const [view, { epoch, lines }] = await Promise.all([session.node.attributed(id, payment, 0).catch(() => undefined), session.node.payments(id)])
      const attribution = view?.attribution.status ?? (bundle.attributionDeadline === undefined ? 'none' : bundle.completion ? 'complete' : 'pending')
      const result = {
        ...{ receipt: id, time: new Date(Number(statement.time) * 1000).toISOString(), node: statement.node, gateway: statement.gateway, base: statement.baseId, adapter: statement.adapterId, channel: statement.channelId },
        ...{ input_tokens: statement.inputTokens, output_tokens: statement.outputTokens, fee_open: formatOpen(statement.fee), signature, attribution },
        ...{ epoch: epoch?.index ?? null, final: epoch?.final ?? false },
        payments: lines.map(({ payee, name, amount, claim }) => ({ payee: name ?? payee, paid_open: formatOpen(BigInt(amount)), claimed: claim !== null })),
      }
      const settled = epoch ? `settled in epoch ${epoch.index}${epoch.final ? ', final' : ''}` : 'not settled yet'
      const words = [`${result.fee_open} OPEN for ${result.input_tokens} + ${result.output_tokens} tokens, signed by node ${result.node}, ${settled}`, ...result.payments.map(({ payee, paid_open: paid }) => `${payee}: ${paid} OPEN`)]
      return toolResult(words.join('\n'), result)
    }),
  )
}
