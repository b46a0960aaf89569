import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'
import { attributionField, contributorFields, contributorsOf, receiptInput, sourceFields, sourcesOf } from './answerFields.ts'
import { heldReceipt } from './heldReceipt.ts'
import type { McpContext } from './McpContext.ts'
import { asTool, toolResult } from './toolResult.ts'

const recordFields = z.object({ record: z.string(), datanet: z.string(), contributor: z.string(), licence: z.string(), prompt: z.string(), completion: z.string() })
const outputSchema = { receipt: z.string(), attribution: attributionField, sources: z.array(sourceFields), records: z.array(recordFields), contributors: z.array(contributorFields) }

/** The tool `sources`: whose data shaped an answer, and in which records its words stand. */
export function registerSourcesTool(server: McpServer, { session, attributionMs }: McpContext): void {
  const config = {
    title: 'Sources of an answer',
    description: 'Whose data shaped an answer: the records in which words of it stand, what each contributor’s data did, and what it earned them. It costs nothing.',
    inputSchema: { receipt: receiptInput },
    outputSchema,
    annotations: { readOnlyHint: true, openWorldHint: true },
  }
  server.registerTool('sources', config, ({ receipt }) =>
    asTool(async () => {
      const { id, payment } = await heldReceipt(session, receipt)
      const view = await session.node.attributed(id, payment, attributionMs)
      const records = await Promise.all([...new Set(view.sources.map(({ recordId }) => recordId))].map((record) => session.node.record(record)))
      const shown = records.map(({ id: record, datanetId: datanet, contributor, licence, prompt, completion }) => ({ record, datanet, contributor, licence, prompt, completion }))
      const result = { receipt: id, attribution: view.attribution.status, sources: sourcesOf(view), records: shown, contributors: contributorsOf(view) }
      const lines = [
        `attribution: ${result.attribution}`,
        ...result.sources.map(({ text, record, contributor }) => `“${text}” stands in record ${record} of ${contributor}`),
        ...result.contributors.map(({ contributor, influence_percent: percent, paid_open: paid }) => `${contributor}: ${percent} % of what data did, ${paid} OPEN`),
      ]
      return toolResult(lines.join('\n'), result)
    }),
  )
}
