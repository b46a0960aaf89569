import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { createMcpServer } from './createMcpServer.ts'
import type { McpContext } from './McpContext.ts'

/** Serves one client over standard input and output, until it closes them. Nothing else may write to standard output. */
export async function serveStdio(context: McpContext, version: string): Promise<void> {
  const server = createMcpServer(context, version)
  const closed = new Promise<void>((resolve) => {
    server.server.onclose = resolve
    process.stdin.once('end', () => void server.close())
  })
  await server.connect(new StdioServerTransport())
  await closed
}
