import { createHash } from 'node:crypto'
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { OpenLedgerError, zeroHash, type Hex } from '@openledger/protocol'
import { LinkFault } from '../wire/LinkFault.ts'

export type Http2ConnectionOptions = {
  url: string
  /** SHA-256 of the certificate that must be shown; zero for connections in clear. */
  certificate: Hex
  /** How long a connection may take to be made, and a node to answer a ping, milliseconds. Default 5,000. */
  answerMs?: number
  /** Pause between pings. Default 5,000. */
  pingMs?: number
}

/** A reply whose body is read as it comes. */
export type StreamedReply = {
  status: number
  /**
   * Hands each piece of the body to `take`, in the turn in which it came, until there is no more or `take` says false: nothing more is wanted then, and a node that
   * does not end its stream in a second has it reset. Call it once.
   * @throws LinkFault NODE_LOST; InputError CANCELLED; what `take` throws
   */
  read(take: (piece: Uint8Array) => boolean): Promise<void>
}

/**
 * Streams reset on one connection before another one takes over. A server ends a connection, with all that is under way on it, when it has seen more
 * than it takes for an attack; nghttp2, which Node.js uses, allows 1,000 at once and 33 more each second.
 */
const mostResets = 400
/** For a node to end the stream of an answer whose last line has come. */
const endMs = 1000

const lost = (cause?: unknown): LinkFault => new LinkFault('NODE_LOST', 'the connection to the node broke', { cause })

/**
 * One HTTP/2 connection to a node, which carries all that is asked of it. Made when it is first needed and again when it broke; a node that does
 * not answer pings counts as gone, and everything under way fails at once.
 */
export class Http2Connection {
  readonly #options: Required<Http2ConnectionOptions>
  #session: Promise<ClientHttp2Session> | undefined
  /** What another one took over from: they end when what is under way on them does. */
  readonly #former = new Set<ClientHttp2Session>()
  #resets = 0
  #closed = false

  constructor(options: Http2ConnectionOptions) {
    this.#options = { answerMs: 5000, pingMs: 5000, ...options }
  }

  /**
   * Posts a body of JSON. The caller reads the reply to its end, or aborts.
   * @throws LinkFault NODE_LOST, WRONG_CERTIFICATE; InputError CANCELLED when the signal aborts
   */
  async post(path: string, body: string, signal: AbortSignal): Promise<StreamedReply> {
    const session = await this.#open()
    if (signal.aborted) throw cancelled()
    const stream = requestOn(session, path)
    const reset = (): void => this.#reset(session, stream)
    const abort = (): void => this.#reset(session, stream, cancelled())
    signal.addEventListener('abort', abort, { once: true })
    stream.once('close', () => {
      signal.removeEventListener('abort', abort)
      letGo(stream)
    })
    stream.end(body)
    const status = await new Promise<number>((resolve, reject) => {
      const broke = (): void => reject(lost())
      stream.once('response', (headers) => {
        // Every stream closes in the end, and an error with its stack costs more than a token.
        stream.off('close', broke)
        resolve(Number(headers[':status']))
      })
      stream.once('error', (error) => reject(faultOf(error)))
      stream.once('close', broke)
    })
    return { status, read: (take) => readStream(stream, take, reset) }
  }

  /** Ends the connection and all that is under way. */
  close(): void {
    this.#closed = true
    const session = this.#session
    this.#session = undefined
    session?.then((open) => open.destroy(lost())).catch(() => undefined)
    for (const former of this.#former) former.destroy(lost())
  }

  #reset(session: ClientHttp2Session, stream: ClientHttp2Stream, error?: Error): void {
    const isOver = stream.closed
    if (error) stream.destroy(error)
    else stream.close(constants.NGHTTP2_CANCEL)
    if (isOver || this.#former.has(session) || ++this.#resets < mostResets) return
    this.#former.add(session)
    session.once('close', () => this.#former.delete(session))
    this.#session = undefined
    session.close()
  }

  #open(): Promise<ClientHttp2Session> {
    if (this.#closed) return Promise.reject(lost())
    if (!this.#session) {
      const opening = this.#connect()
      this.#session = opening
      this.#resets = 0
      const forget = (): void => {
        if (this.#session === opening) this.#session = undefined
      }
      opening.then((session) => session.once('close', forget), forget)
    }
    return this.#session
  }

  async #connect(): Promise<ClientHttp2Session> {
    const { url, certificate, answerMs } = this.#options
    // Who the node is follows from the certificate's hash, which it has signed; no authority is asked.
    const session = connect(url, { rejectUnauthorized: false })
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
    this.#keepAlive(session)
    return session
  }

  #keepAlive(session: ClientHttp2Session): void {
    const { answerMs, pingMs } = this.#options
    const timer = setInterval(() => {
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

function certificateOf(session: ClientHttp2Session): Hex {
  if (session.encrypted !== true) return zeroHash
  const shown = (session.socket as TLSSocket).getPeerX509Certificate()
  return shown ? `0x${createHash('sha256').update(shown.raw).digest('hex')}` : zeroHash
}

function cancelled(): OpenLedgerError {
  return new OpenLedgerError('CANCELLED', 'the request was cancelled', { action: 'stop', status: 499 })
}

function faultOf(error: unknown): Error {
  return error instanceof OpenLedgerError ? error : lost(error)
}

const nothing = (): void => undefined

/**
 * Parts a stream that is over from those who listened. Node.js 20 makes a request such that it is kept until the next full collection of memory, and all that an
 * answer was made of would be kept with it.
 */
function letGo(stream: ClientHttp2Stream): void {
  stream.removeAllListeners()
  stream.on('error', nothing)
}

/** Without an iterator between: for each piece that costs more than what is done with it. */
function readStream(stream: ClientHttp2Stream, take: (piece: Uint8Array) => boolean, reset: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    if (stream.destroyed) return reject(faultOf(stream.errored))
    let isOver = false
    stream.once('close', () => {
      if (isOver) return
      // A connection that breaks can end a stream without an error.
      if (stream.errored || !stream.readableEnded || stream.rstCode !== constants.NGHTTP2_NO_ERROR) reject(faultOf(stream.errored))
      else resolve()
    })
    stream.on('data', (piece: Uint8Array) => {
      if (isOver) return
      try {
        if (take(piece)) return
        isOver = true
        resolve()
        const late = setTimeout(reset, endMs).unref()
        stream.once('close', () => clearTimeout(late))
      } catch (error) {
        isOver = true
        reject(error as Error)
        reset()
      }
    })
  })
}
