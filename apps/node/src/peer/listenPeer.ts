import { createHash, X509Certificate } from 'node:crypto'
import { createSecureServer, createServer, type Http2Server } from 'node:http2'
import { serve } from '@hono/node-server'
import { fail, UnavailableError, zeroHash, type Hex } from '@openledger/protocol'
import type { Hono } from 'hono'

export type PeerAddress = {
  host: string
  /** 0 is any free one. */
  port: number
  /** Certificate and key in PEM; needed on addresses other than the loopback. */
  tls?: { cert: string; key: string }
}

/** A node that listens for its gateway. */
export type PeerListener = {
  url: string
  /** SHA-256 of the certificate; zero without TLS. */
  certificate: Hex
  /** Ends all connections. */
  close(): Promise<void>
}

/** One carries all orders of a gateway. */
const mostStreams = 16
/** What may be on its way to the node before it is read, bytes, of one stream and of a whole connection: an order with a long prompt and more. */
const windows = { stream: 1024 * 1024, session: 2 * 1024 * 1024 }
/** A gateway needs one connection; others may be tried at the same time, and end when they are silent. */
const mostConnections = 64
const silentMs = 30_000
const loopback = new Set(['127.0.0.1', 'localhost', '::1'])

/**
 * Serves a node's application over HTTP/2: with TLS where it is given, in clear on the loopback alone.
 * @throws InputError TLS_NEEDED; UnavailableError PORT_IN_USE, CANNOT_LISTEN
 */
export async function listenPeer(app: Hono, { host, port, tls }: PeerAddress): Promise<PeerListener> {
  if (!tls && !loopback.has(host)) fail('TLS_NEEDED', `orders and answers would travel in clear to ${host}`, { field: '--host', fix: 'give a certificate and its key with --tls-cert and --tls-key, or listen on 127.0.0.1' })
  const settings = { maxConcurrentStreams: mostStreams, initialWindowSize: windows.stream }
  const options = { fetch: app.fetch, hostname: host, port }
  const server = (tls ? serve({ ...options, createServer: createSecureServer, serverOptions: { ...tls, settings } }) : serve({ ...options, createServer, serverOptions: { settings } })) as Http2Server
  server.maxConnections = mostConnections
  const sessions = new Set<{ destroy(): void }>()
  server.on('session', (session) => {
    sessions.add(session)
    session.setLocalWindowSize(windows.session)
    session.setTimeout(silentMs, () => session.destroy())
    session.once('close', () => sessions.delete(session))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve)
    server.once('error', (cause: Error & { code?: string }) => {
      const taken = cause.code === 'EADDRINUSE'
      reject(new UnavailableError(taken ? 'PORT_IN_USE' : 'CANNOT_LISTEN', `the node cannot listen on ${host}:${port}`, { cause, action: 'fix', fix: taken ? 'choose another port with --port' : 'choose another address with --host' }))
    })
  })
  const bound = (server.address() as { port: number }).port
  const certificate: Hex = tls ? `0x${createHash('sha256').update(new X509Certificate(tls.cert).raw).digest('hex')}` : zeroHash
  return {
    url: `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    certificate,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const session of sessions) session.destroy()
      }),
  }
}
