import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { OpenLedgerError } from '@openledger/protocol'
import { UpstreamFault } from './UpstreamFault.ts'

/** An answer whose body has not been read. Whoever opened it reads it to its end or aborts it. */
export type OpenReply = {
  status: number
  header(name: string): string | undefined
  chunks: AsyncIterable<Uint8Array>
  /** Closes the connection; whoever reads the body gets this error. */
  abort(error: Error): void
}

/** An answer that was read in full. */
export type WholeReply = { status: number; header(name: string): string | undefined; text: string }

export type TransportOptions = { base: URL; token: string | undefined; connectMs: number; maxReply: number }
export type CallOptions = { body?: unknown; timeoutMs: number; signal?: AbortSignal }

const away = (cause: unknown): OpenLedgerError => {
  if (cause instanceof OpenLedgerError) return cause
  const code = (cause as { code?: unknown } | null)?.code
  return new UpstreamFault('UPSTREAM_AWAY', `the upstream server cannot be reached${typeof code === 'string' ? ` (${code})` : ''}`, { again: true, fix: 'check its address, and that it runs' })
}

function reading(message: IncomingMessage): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      try {
        for await (const chunk of message) yield chunk as Uint8Array
      } catch (error) {
        if (error instanceof OpenLedgerError) throw error
        throw new UpstreamFault('UPSTREAM_CUT', 'the upstream server broke off in the middle', { again: true })
      }
    },
  }
}

/** HTTP to one server: kept-alive connections, one bearer token, bounded answers. Redirects are not followed: the token stays here. */
export class HttpTransport {
  readonly #options: TransportOptions
  readonly #agent: HttpAgent

  constructor(options: TransportOptions) {
    this.#options = options
    this.#agent = options.base.protocol === 'https:' ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true })
  }

  /** Sends a request and waits for the head of its answer. @throws the signal's reason; UpstreamFault UPSTREAM_AWAY */
  open(method: 'GET' | 'POST', path: string, { body, signal }: { body?: unknown; signal?: AbortSignal }): Promise<OpenReply> {
    return new Promise((resolve, reject) => {
      const { base, token } = this.#options
      if (signal?.aborted) return reject(signal.reason as Error)
      const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body), 'utf8')
      const send = base.protocol === 'https:' ? httpsRequest : httpRequest
      const request = send(base, {
        method,
        path: base.pathname.replace(/\/$/, '') + path,
        agent: this.#agent,
        headers: {
          accept: 'text/event-stream, application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': bytes.length }),
        },
      })
      const stop = (): void => void request.destroy(signal!.reason as Error)
      signal?.addEventListener('abort', stop, { once: true })
      const done = (): void => signal?.removeEventListener('abort', stop)
      this.#boundConnect(request)
      request.on('close', done)
      request.on('error', (error) => (done(), reject(away(error))))
      request.on('response', (message) => {
        resolve({
          status: message.statusCode ?? 0,
          header: (name) => [message.headers[name]].flat()[0],
          chunks: reading(message),
          abort: (error) => void message.destroy(error),
        })
        // The signal goes on to hold while the body is read.
        signal?.addEventListener('abort', () => message.destroy(signal.reason as Error), { once: true })
      })
      request.end(bytes)
    })
  }

  /** Sends a request and reads its whole answer. @throws as `open`; UpstreamFault UPSTREAM_TIMEOUT, UPSTREAM_TOO_LARGE */
  async call(method: 'GET' | 'POST', path: string, { body, timeoutMs, signal }: CallOptions): Promise<WholeReply> {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(new UpstreamFault('UPSTREAM_TIMEOUT', `the upstream server did not answer ${path} within ${timeoutMs} ms`, { again: true })), timeoutMs)
    try {
      const reply = await this.open(method, path, { body, signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal })
      return { status: reply.status, header: reply.header, text: await this.readWhole(reply) }
    } finally {
      clearTimeout(timer)
    }
  }

  /** The body of an answer as text, up to the limit. */
  async readWhole(reply: OpenReply): Promise<string> {
    const { maxReply } = this.#options
    const parts: Uint8Array[] = []
    let size = 0
    for await (const chunk of reply.chunks) {
      size += chunk.length
      if (size > maxReply) {
        const error = new UpstreamFault('UPSTREAM_TOO_LARGE', `an answer of the upstream server is larger than ${maxReply} bytes`, { action: 'stop', status: 502 })
        reply.abort(error)
        throw error
      }
      parts.push(chunk)
    }
    return Buffer.concat(parts).toString('utf8')
  }

  /** A text of the server without the token, which some servers repeat, and short enough to be shown. */
  clean(text: string): string {
    const { token } = this.#options
    return (token === undefined ? text : text.replaceAll(token, '***')).replace(/\s+/g, ' ').slice(0, 200)
  }

  close(): void {
    this.#agent.destroy()
  }

  #boundConnect(request: ClientRequest): void {
    const { connectMs, base } = this.#options
    request.on('socket', (socket: Socket | TLSSocket) => {
      if (!socket.connecting) return
      const timer = setTimeout(() => request.destroy(new UpstreamFault('UPSTREAM_AWAY', `no connection to the upstream server within ${connectMs} ms`, { again: true })), connectMs)
      const connected = (): void => clearTimeout(timer)
      socket.once(base.protocol === 'https:' ? 'secureConnect' : 'connect', connected)
      request.once('close', connected)
    })
  }
}
