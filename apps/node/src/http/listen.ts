import type { Server, ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import { serve, type Http2Bindings, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { UnavailableError } from '@openledger/protocol'
import type { Hono } from 'hono'
import { directMark, type DirectBody } from '../requests/streamText.ts'

/** A server that listens. */
export type Listener = {
  url: string
  port: number
  /** Takes no more connections; waits for the answers in progress, `drainMs` at most. */
  close(drainMs: number): Promise<void>
}

function listenError(error: unknown, host: string, port: number): UnavailableError {
  const code = (error as { code?: string }).code
  if (code === 'EADDRINUSE') return new UnavailableError('PORT_IN_USE', `port ${port} of ${host} is in use`, { cause: error, action: 'fix', fix: 'stop what listens there, or choose another port with --port' })
  return new UnavailableError('CANNOT_LISTEN', `the node cannot listen on ${host}:${port}`, { cause: error, action: 'fix', fix: 'choose another address with --host or another port with --port' })
}

/** Fails as `listen` would when a port cannot be had. */
export async function checkPort(host: string, port: number): Promise<void> {
  if (port === 0) return
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error) => reject(listenError(error, host, port)))
    probe.listen(port, host, resolve)
  })
  await new Promise((resolve) => probe.close(resolve))
}

/** Answers requests with an application, and writes the bodies itself that it leaves for that. */
const answerWith =
  (app: Hono) =>
  async (request: Request, env: HttpBindings | Http2Bindings): Promise<Response> => {
    const direct: DirectBody = {}
    const response = await app.fetch(request, { direct, ...env })
    if (!direct.body) return response
    const isItsHead = response.headers.has(directMark) && response.status === 200 && response.body === null
    // What is sent in its place may have taken over its headers.
    response.headers.delete(directMark)
    if (!isItsHead) {
      direct.body.cancel()
      return response
    }
    const outgoing = env.outgoing as ServerResponse
    outgoing.setHeaders(response.headers)
    outgoing.writeHead(response.status)
    void direct.body.write(outgoing)
    // Where the adapter's own class stood in for Response when this was made, the adapter would send it as one of its own, until its body is asked for.
    void RESPONSE_ALREADY_SENT.body
    return RESPONSE_ALREADY_SENT
  }

/**
 * Serves an application over HTTP.
 * @throws UnavailableError PORT_IN_USE, CANNOT_LISTEN
 */
export async function listen(app: Hono, host: string, port: number): Promise<Listener> {
  const server = serve({ fetch: answerWith(app), hostname: host, port, autoCleanupIncoming: true }) as Server
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve)
    server.once('error', (error) => reject(listenError(error, host, port)))
  })
  const bound = (server.address() as { port: number }).port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    close: async (drainMs) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      const timer = setTimeout(() => server.closeAllConnections(), drainMs)
      await closed
      clearTimeout(timer)
    },
  }
}
