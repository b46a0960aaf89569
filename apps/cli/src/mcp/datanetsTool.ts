import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { formatOpen } from '@openledger/protocol'
import type { DatanetView } from '@openledger/sdk'
import { z } from 'zod'
import type { McpContext } from './McpContext.ts'
import { asTool, toolResult } from './toolResult.ts'

const contributorFields = z.object({ contributor: z.string(), records: z.int(), accepted: z.int() })
const datanetFields = z.object({ datanet: z.string(), name: z.string(), description: z.string(), owner: z.string(), accepted: z.int(), contributors: z.array(contributorFields), snapshot: z.string().nullable() })
const modelFields = z.object({ model: z.string(), input_open: z.string(), output_open: z.string() })

const shown = ({ id, name, description, owner, records, contributors, latestSnapshot }: DatanetView): z.output<typeof datanetFields> => ({
  ...{ datanet: id, name, description, owner, accepted: records.accepted, snapshot: latestSnapshot },
  contributors: contributors.map(({ address, name: known, records: count, accepted }) => ({ contributor: known ?? address, records: count, accepted })),
})

/** The tool `datanets`: which datasets there are and who contributed to them, and which models can be asked at what price. */
export function registerDatanetsTool(server: McpServer, { session }: McpContext): void {
  const config = {
    title: 'Datanets and models',
    description: 'The shared datasets of this ledger with their contributors, and the models that can be asked, with their prices in OPEN for 1,000 tokens. It costs nothing.',
    inputSchema: { datanet: z.string().regex(/^[1-9]\d{0,20}$/).optional().describe('only this one, by its number') },
    outputSchema: { datanets: z.array(datanetFields), models: z.array(modelFields) },
    annotations: { readOnlyHint: true, openWorldHint: true },
  }
  server.registerTool('datanets', config, ({ datanet }) =>
    asTool(async () => {
      const [views, deployments] = await Promise.all([datanet === undefined ? session.node.datanets() : session.node.datanet(datanet).then((view) => [view]), session.node.deployments()])
      const datanets = views.map(shown)
      const models = deployments.filter(({ active }) => active).map(({ model, inputPrice, outputPrice }) => ({ model, input_open: formatOpen(BigInt(inputPrice)), output_open: formatOpen(BigInt(outputPrice)) }))
      const words = [
        ...datanets.map(({ datanet: id, name, description, accepted, contributors }) => `datanet ${id}, ${name}: ${description} ${accepted} records of ${contributors.length} contributors`),
        ...models.map(({ model, input_open: input, output_open: output }) => `model ${model}: ${input} OPEN for 1,000 tokens in, ${output} out`),
      ]
      return toolResult(words.join('\n'), { datanets, models })
    }),
  )
}
