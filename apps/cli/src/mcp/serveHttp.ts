import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { sameSecret } from '@openledger/node/keys'
import { UnavailableError } from '@openledger/protocol'
import { createMcpServer } from './createMcpServer.ts'
import type { McpContext } from './McpContext.ts'

export type McpHttpOptions = {
  host: string
  /** 0 is any free one. */
  port: number
  /** Every caller shows it as `authorization: Bearer`: whoever calls spends the owner's OPEN. */
  token: string
}

/** The address of the endpoint, and how to end it. */
export type McpHttp = { url: string; close(): Promise<void> }

const mostSessions = 64

/** Why a request may not pass; undefined when it may. Pages of other sites, also under a name of their own (DNS rebinding), may not. */
function refusal({ headers, url }: IncomingMessage, names: ReadonlySet<string>, token: string): { status: number; message: string } | undefined {
  const name = (headers.host ?? '').toLowerCase().replace(/:\d+$/, '')
  if (!names.has(name) || headers.origin !== undefined) return { status: 403, message: 'this server is for programs on this machine' }
  const shown = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  if (shown === undefined || !sameSecret(shown, token)) return { status: 401, message: 'send "authorization: Bearer" with the token from mcp.token in the data folder' }
  return url?.split('?')[0] === '/mcp' ? undefined : { status: 404, message: 'the endpoint is /mcp' }
}

/** Serves MCP clients by Streamable HTTP at /mcp. @throws UnavailableError CANNOT_LISTEN */
export async function serveHttp(context: McpContext, version: string, { host, port, token }: McpHttpOptions): Promise<McpHttp> {
  const names = new Set([host.toLowerCase(), '127.0.0.1', 'localhost'])
  const sessions = new Map<string, StreamableHTTPServerTransport>()

  const begin = async (): Promise<StreamableHTTPServerTransport> => {
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        sessions.set(id, transport)
        const [oldest] = sessions.keys()
        if (sessions.size > mostSessions) void sessions.get(oldest!)?.close()
      },
    })
    transport.onclose = () => void (transport.sessionId !== undefined && sessions.delete(transport.sessionId))
    await createMcpServer(context, version).connect(transport as Parameters<ReturnType<typeof createMcpServer>['connect']>[0])
    return transport
  }
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refused = refusal(request, names, token)
    if (refused) return void response.writeHead(refused.status, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32_000, message: refused.message } }))
    const id = request.headers['mcp-session-id']
    const known = typeof id === 'string' ? sessions.get(id) : undefined
    if (id !== undefined && !known) return void response.writeHead(404).end()
    await (known ?? (await begin())).handleRequest(request, response)
  }
  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()))
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(new UnavailableError('CANNOT_LISTEN', `nothing can listen on ${host}:${port}`, { cause, action: 'fix', fix: 'choose another port with --http' })))
    server.listen(port, host, resolve)
  })
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}/mcp`,
    async close() {
      for (const transport of sessions.values()) await transport.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
