import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { A2A_VERSION_HEADER, AgentCard, HTTP_EXTENSION_HEADER } from '@a2a-js/sdk'
import { DefaultRequestHandler, InMemoryTaskStore, JsonRpcTransportHandler, ServerCallContext, UnauthenticatedUser } from '@a2a-js/sdk/server'
import { UnavailableError } from '@openledger/protocol'
import { agentCard, registrationFile, type AgentTerms } from './agentCard.ts'
import { PromisedAnswers, type PromisedAnswersParts } from './PromisedAnswers.ts'

export type ServeAgentInput = Omit<PromisedAnswersParts, 'terms'> & {
  host: string
  /** 0 is any free one. */
  port: number
  terms: Omit<AgentTerms, 'url'> & {
    /** Where others reach it; default: where it listens. */
    url?: string
  }
}

/** Where the agent is called, and how to end it. */
export type ServedAgent = { url: string; close(): Promise<void> }

const mostBytes = 256 * 1024

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > mostBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

async function listening(server: Server, host: string, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(new UnavailableError('CANNOT_LISTEN', `nothing can listen on ${host}:${port}`, { cause, action: 'fix', fix: 'choose another port with --port' })))
    server.listen(port, host, resolve)
  })
  return `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`
}

/**
 * Serves a bonded agent by A2A 1.0 over JSON-RPC: its card under /.well-known/agent-card.json, its registration file of ERC-8004 under
 * /registration.json. Tasks are in memory; promises are in the data folder and on the chain.
 * @throws UnavailableError CANNOT_LISTEN; InputError UNKNOWN_AGENT
 */
export async function serveAgent({ host, port, terms: { url: given, ...terms }, ...parts }: ServeAgentInput): Promise<ServedAgent> {
  const { session } = parts
  let place = given ?? ''
  const described = (): AgentTerms => ({ ...terms, url: place })
  const card = (): Promise<AgentCard> => agentCard(session.reader, session.network, described())
  let rpc: JsonRpcTransportHandler | undefined

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const reply = (status: number, body: unknown): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    const path = request.url?.split('?')[0]
    if (request.method === 'GET' && path === '/.well-known/agent-card.json') return reply(200, AgentCard.toJSON(await card()))
    if (request.method === 'GET' && path === '/registration.json') return reply(200, registrationFile(session.network, described()))
    if (request.method !== 'POST' || path !== '/') return reply(404, { error: 'the card is at /.well-known/agent-card.json; calls go to /' })
    const body = await bodyOf(request)
    if (body === undefined) return reply(413, { error: `a call has at most ${mostBytes} bytes` })
    const extensions = single(request.headers[HTTP_EXTENSION_HEADER.toLowerCase()])
    const context = new ServerCallContext({
      requestedVersion: single(request.headers[A2A_VERSION_HEADER.toLowerCase()]),
      requestedExtensions: extensions?.split(',').map((uri) => uri.trim()),
      user: new UnauthenticatedUser(),
    })
    const answer = await rpc!.handle(body, context)
    if (Symbol.asyncIterator in answer) return reply(400, { error: 'this agent does not stream' })
    reply(200, answer)
  }
  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()))
  const address = await listening(server, host, port)
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  try {
    place ||= `${address}/`
    rpc = new JsonRpcTransportHandler(new DefaultRequestHandler(await card(), new InMemoryTaskStore(), new PromisedAnswers({ ...parts, terms })))
    return { url: place, close }
  } catch (error) {
    await close()
    throw error
  }
}
