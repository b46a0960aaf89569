import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { formatOpen } from '@openledger/protocol'
import { registerAskTool } from './askTool.ts'
import { registerDatanetsTool } from './datanetsTool.ts'
import type { McpContext } from './McpContext.ts'
import { registerReceiptTool } from './receiptTool.ts'
import { registerSourcesTool } from './sourcesTool.ts'

/** An MCP server over a data folder: the tools ask, sources, receipt and datanets. One for each connection. */
export function createMcpServer(context: McpContext, version: string): McpServer {
  const { perAnswer, total } = context.limit.caps
  const instructions = `Answers of OpenLedger cost OPEN: ask pays for them, at most ${formatOpen(perAnswer)} OPEN for one and ${formatOpen(total)} in all. Each answer has a receipt; sources says whose data shaped it.`
  const server = new McpServer({ name: 'openledger', title: 'OpenLedger', version }, { instructions })
  for (const register of [registerAskTool, registerSourcesTool, registerReceiptTool, registerDatanetsTool]) register(server, context)
  return server
}
