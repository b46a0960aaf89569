import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Block } from '@ethereumjs/block'
import { OpenLedgerError, UnavailableError } from '@openledger/protocol/errors'
import { WebSocketServer, type WebSocket } from 'ws'
import type { ReceiptRecord } from '../storage/records.ts'
import type { Dispatcher } from './Dispatcher.ts'
import { readBody } from './readBody.ts'
import type { RequestGuard } from './RequestGuard.ts'
import type { RpcLimits } from './rpcLimits.ts'
import { Subscriptions } from './Subscriptions.ts'

/** JSON-RPC over HTTP and WebSocket, on one port. */
export class RpcServer {
  private readonly dispatcher: Dispatcher
  private readonly guard: RequestGuard
  private readonly limits: RpcLimits
  private readonly http: Server
  private readonly sockets = new WebSocketServer({ noServer: true })
  private readonly subscriptions = new Map<WebSocket, Subscriptions>()

  constructor(dispatcher: Dispatcher, guard: RequestGuard, limits: RpcLimits) {
    this.dispatcher = dispatcher
    this.guard = guard
    this.limits = limits
    this.http = createServer({ requestTimeout: 60_000, headersTimeout: 20_000 }, (request, response) => void this.serve(request, response))
    this.http.maxConnections = limits.connections
    this.http.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head))
    this.sockets.options.maxPayload = limits.bodyBytes
  }

  /**
   * Listens. @param port 0 for any free one
   * @returns the port
   * @throws UnavailableError `CHAIN_PORT_IN_USE`
   */
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.http.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)))
      this.http.listen(port, host, resolve)
    })
    return (this.http.address() as AddressInfo).port
  }

  /** Sends a new block to those who subscribed. */
  publish(block: Block, receipts: () => ReceiptRecord[]): void {
    for (const subscriptions of this.subscriptions.values()) subscriptions.publish(block, receipts)
  }

  async close(): Promise<void> {
    for (const socket of this.subscriptions.keys()) socket.close(1001)
    const closed = new Promise((resolve) => this.http.close(resolve))
    this.http.closeIdleConnections()
    const patience = setTimeout(() => {
      for (const socket of this.subscriptions.keys()) socket.terminate()
      this.http.closeAllConnections()
    }, 1_000)
    await closed
    clearTimeout(patience)
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      this.guard.check(request)
      const cors = this.guard.corsHeaders(request)
      if (request.method === 'OPTIONS') return void response.writeHead(204, cors).end()
      if (request.method !== 'POST') throw new OpenLedgerError('CHAIN_METHOD_REFUSED', 'only POST is answered', { status: 405, fix: 'send JSON-RPC by POST' })
      // A page can send other content types without asking first: the browser would let it through.
      if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
        throw new OpenLedgerError('CHAIN_CONTENT_TYPE', 'the content type must be application/json', { status: 415, fix: 'set content-type: application/json' })
      }
      const answer = await this.dispatcher.answer(await readBody(request, this.limits.bodyBytes))
      if (answer === undefined) return void response.writeHead(204, cors).end()
      response.writeHead(200, { ...cors, 'content-type': 'application/json' }).end(answer)
    } catch (error) {
      refuse(response, error)
    }
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    try {
      this.guard.check(request)
      if (this.subscriptions.size >= this.limits.webSockets) throw new UnavailableError('CHAIN_TOO_MANY_SOCKETS', 'too many WebSockets', { action: 'retry' })
    } catch (error) {
      const { status } = error as OpenLedgerError
      socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\n\r\n`)
      return
    }
    this.sockets.handleUpgrade(request, socket, head, (opened) => this.attend(opened))
  }

  private attend(socket: WebSocket): void {
    const subscriptions = new Subscriptions(socket, this.limits)
    this.subscriptions.set(socket, subscriptions)
    socket.on('close', () => this.subscriptions.delete(socket))
    socket.on('error', () => socket.terminate())
    socket.on('message', (data: Buffer) => {
      void this.dispatcher.answer(data.toString('utf8'), subscriptions.methods).then((answer) => {
        if (socket.bufferedAmount > this.limits.backlogBytes) socket.terminate()
        else if (answer !== undefined) socket.send(answer)
      })
    })
  }
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): OpenLedgerError {
  if (error.code === 'EADDRINUSE') {
    return new UnavailableError('CHAIN_PORT_IN_USE', `port ${port} on ${host} is in use`, { fix: 'stop what uses it, or choose another port (0 for any)', action: 'fix', cause: error })
  }
  return new UnavailableError('CHAIN_LISTEN_FAILED', `cannot listen on ${host}:${port}: ${error.message}`, { fix: 'choose another host or port', action: 'fix', cause: error })
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return
  const failure = error instanceof OpenLedgerError ? error : new OpenLedgerError('CHAIN_REQUEST_FAILED', 'the request could not be read', { status: 400 })
  response.writeHead(failure.status, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify({ error: failure.toJSON() }))
}
