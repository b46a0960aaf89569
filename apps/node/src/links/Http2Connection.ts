import { createHash } from 'node:crypto'
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { OpenLedgerError, zeroHash, type Hex } from '@openledger/protocol'
import { LinkFault } from '../wire/LinkFault.ts'
import { cancelled, OrderStream } from './OrderStream.ts'

export type Http2ConnectionOptions = {
  url: string
  /** SHA-256 of the certificate that must be shown; zero for connections in clear. */
  certificate: Hex
  /** How long a connection may take to be made, and a node to answer a ping, milliseconds. Default 5,000. */
  answerMs?: number
  /** Pause between pings. Default 5,000. */
  pingMs?: number
}

/** What a node replies to what is posted. */
export type Reply = { status: number; body: Uint8Array }

/** Orders go elsewhere: what is posted has short replies, bytes. */
const longestReply = 64 * 1024
/** What may be on its way in each direction before it is read, bytes, of one stream and of all: much more than a network holds, as nothing waits to be read. */
const windows = { stream: 2 * 1024 * 1024, session: 4 * 1024 * 1024 }

const lost = (cause?: unknown): LinkFault => new LinkFault('NODE_LOST', 'the connection to the node broke', { cause })

type Open = { session: ClientHttp2Session; orders: OrderStream | undefined }

/**
 * One HTTP/2 connection to a node, which carries all that is asked of it: orders and answers on one stream of it. Made when it is first needed and again when it
 * broke; a node that does not answer pings counts as gone, and everything under way fails at once.
 */
export class Http2Connection {
  readonly #options: Required<Http2ConnectionOptions>
  #opening: Promise<Open> | undefined
  #closed = false

  constructor(options: Http2ConnectionOptions) {
    this.#options = { answerMs: 5000, pingMs: 5000, ...options }
  }

  /**
   * Gives an order, and hands each line that the node says to it to `take`, in the turn in which it came, until `take` says false.
   * @throws LinkFault NODE_LOST, NODE_SPEAKS_ODDLY, WRONG_CERTIFICATE; InputError ORDER_TOO_LONG, CANCELLED when the signal aborts; what `take` throws
   */
  async order(order: string, take: (line: string) => boolean, signal: AbortSignal): Promise<void> {
    const open = await this.#open()
    if (!open.orders || open.orders.isOver) open.orders = ordersOn(open.session)
    return open.orders.send(order, take, signal)
  }

  /**
   * Posts a body of JSON.
   * @throws LinkFault NODE_LOST, NODE_SPEAKS_ODDLY, WRONG_CERTIFICATE; InputError CANCELLED when the signal aborts
   */
  async post(path: string, body: string, signal: AbortSignal): Promise<Reply> {
    const { session } = await this.#open()
    if (signal.aborted) throw cancelled()
    const stream = requestOn(session, path)
    const abort = (): void => stream.close(constants.NGHTTP2_CANCEL)
    signal.addEventListener('abort', abort)
    try {
      stream.end(body)
      return await readReply(stream)
    } catch (error) {
      throw signal.aborted ? cancelled() : error
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

  /** Ends the connection and all that is under way. */
  close(): void {
    this.#closed = true
    const opening = this.#opening
    this.#opening = undefined
    opening?.then(({ session }) => session.destroy(lost())).catch(() => undefined)
  }

  #open(): Promise<Open> {
    if (this.#closed) return Promise.reject(lost())
    if (!this.#opening) {
      const opening = this.#connect()
      this.#opening = opening
      const forget = (): void => {
        if (this.#opening === opening) this.#opening = undefined
      }
      opening.then(({ session }) => session.once('close', forget), forget)
    }
    return this.#opening
  }

  async #connect(): Promise<Open> {
    const { url, certificate, answerMs } = this.#options
    // Who the node is follows from the certificate's hash, which it has signed; no authority is asked.
    const session = connect(url, { rejectUnauthorized: false, settings: { initialWindowSize: windows.stream } })
    session.on('error', () => undefined)
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(lost()), answerMs)
      session.once('connect', () => resolve())
      session.once('error', (cause) => reject(lost(cause)))
      session.once('close', () => reject(lost()))
      session.once('connect', () => clearTimeout(timer))
      session.once('close', () => clearTimeout(timer))
    }).catch((error: unknown) => {
      session.destroy()
      throw error
    })
    if (certificateOf(session) !== certificate) {
      session.destroy()
      throw new LinkFault('WRONG_CERTIFICATE', 'what listens at the address of the node shows another certificate than the node announced')
    }
    session.setLocalWindowSize(windows.session)
    const open: Open = { session, orders: undefined }
    this.#keepAlive(open)
    return open
  }

  #keepAlive(open: Open): void {
    const { session } = open
    const { answerMs, pingMs } = this.#options
    const timer = setInterval(() => {
      open.orders?.forgive()
      const late = setTimeout(() => session.destroy(lost()), answerMs)
      late.unref()
      if (!session.ping(() => clearTimeout(late))) clearTimeout(late)
    }, pingMs)
    timer.unref()
    session.once('close', () => clearInterval(timer))
  }
}

/** A session that has just ended takes no request, and says so by throwing. */
function requestOn(session: ClientHttp2Session, path: string): ClientHttp2Stream {
  try {
    return session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/json' })
  } catch (error) {
    throw lost(error)
  }
}

function ordersOn(session: ClientHttp2Session): OrderStream {
  const stream = requestOn(session, '/orders')
  const orders = new OrderStream(stream, lost)
  stream.once('response', (headers) => {
    const status = Number(headers[':status'])
    if (status !== 200) orders.end(new LinkFault('ORDER_REFUSED', `the node takes no orders: it says status ${status}`))
  })
  return orders
}

function certificateOf(session: ClientHttp2Session): Hex {
  if (session.encrypted !== true) return zeroHash
  const shown = (session.socket as TLSSocket).getPeerX509Certificate()
  return shown ? `0x${createHash('sha256').update(shown.raw).digest('hex')}` : zeroHash
}

/** The whole of a reply. */
async function readReply(stream: ClientHttp2Stream): Promise<Reply> {
  let status = 0
  // A connection that breaks later tells a stream that is over, too.
  stream.on('error', () => undefined)
  stream.once('response', (headers) => (status = Number(headers[':status'])))
  const parts: Uint8Array[] = []
  let size = 0
  try {
    for await (const part of stream as AsyncIterable<Uint8Array>) {
      parts.push(part)
      size += part.length
      if (size > longestReply) throw new LinkFault('NODE_SPEAKS_ODDLY', 'the node answers with more than was asked for')
    }
  } catch (error) {
    throw error instanceof OpenLedgerError ? error : lost(error)
  }
  // A connection that breaks can end a stream without an error.
  if (status === 0 || stream.rstCode !== constants.NGHTTP2_NO_ERROR) throw lost()
  return { status, body: Buffer.concat(parts) }
}
