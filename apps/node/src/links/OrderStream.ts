import type { Duplex } from 'node:stream'
import { InputError, OpenLedgerError } from '@openledger/protocol'
import { linesOf } from '../wire/answerEvents.ts'
import { LinkFault } from '../wire/LinkFault.ts'
import { callOffLine, longestOrder, longestSaid, numberBytes, orderLine, readNumbered } from '../wire/orderLines.ts'

/** What may come for orders that are over, bytes between two calls of `forgive`: what was on its way when they were called off, and not a flood. */
const mostUnasked = longestSaid
/** Bytes that a node may leave unread before it counts as gone. */
const mostUnsent = 8 * longestOrder

type Waiting = {
  take: (line: string) => boolean
  resolve: () => void
  reject: (error: Error) => void
}

/** The error of what was called off. */
export function cancelled(): OpenLedgerError {
  return new OpenLedgerError('CANCELLED', 'the request was cancelled', { action: 'stop', status: 499 })
}

/** Orders to one node, and what it says to them, on one stream. */
export class OrderStream {
  readonly #stream: Duplex
  readonly #lost: () => Error
  /** No Map, as in dispatch/Alarms: what ends keeps nothing of what comes. */
  readonly #waiting = Object.create(null) as Record<number, Waiting>
  #last = 0
  #unasked = 0
  #fault: Error | undefined

  /** @param lost makes the error of what was under way when the stream ended */
  constructor(stream: Duplex, lost: () => Error) {
    this.#stream = stream
    this.#lost = lost
    const takeBytes = linesOf(longestSaid + numberBytes, (line) => this.#hear(line))
    stream.on('data', (bytes: Uint8Array) => {
      if (this.isOver) return
      try {
        takeBytes(bytes)
      } catch (cause) {
        this.end(new LinkFault('NODE_SPEAKS_ODDLY', 'the node sent what is no line of an answer', { cause }))
      }
    })
    stream.on('error', () => this.end())
    stream.once('end', () => this.end())
    stream.once('close', () => this.end())
  }

  /** Whether it takes no more orders. */
  get isOver(): boolean {
    return this.#fault !== undefined
  }

  /**
   * Gives an order, and hands each line that the node says to it to `take`, in the turn in which it came, until `take` says false.
   * @throws LinkFault NODE_LOST, NODE_SPEAKS_ODDLY; InputError ORDER_TOO_LONG, CANCELLED when the signal aborts; what `take` throws
   */
  send(order: string, take: (line: string) => boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(cancelled())
      if (Buffer.byteLength(order) > longestOrder) return reject(new InputError('ORDER_TOO_LONG', `the order has more than ${longestOrder} bytes`, { status: 413, fix: 'ask with a shorter prompt' }))
      if (this.#stream.writableLength > mostUnsent) this.end()
      if (this.#fault) return reject(this.#fault)
      const id = ++this.#last
      const callOff = (): void => this.#callOff(id, cancelled())
      signal.addEventListener('abort', callOff)
      const settle = (): void => {
        delete this.#waiting[id]
        signal.removeEventListener('abort', callOff)
      }
      this.#waiting[id] = {
        take,
        resolve: () => (settle(), resolve()),
        reject: (error) => (settle(), reject(error)),
      }
      this.#stream.write(orderLine(id, order))
    })
  }

  /** Forgets what has come for orders that are over. */
  forgive(): void {
    this.#unasked = 0
  }

  /** Ends the stream; orders that are under way fail. */
  end(fault?: Error): void {
    if (this.#fault) return
    this.#fault = fault ?? this.#lost()
    this.#stream.destroy()
    for (const { reject } of Object.values(this.#waiting)) reject(fault ?? this.#lost())
  }

  #callOff(id: number, error: Error): void {
    const waiting = this.#waiting[id]
    if (!waiting) return
    this.#stream.write(callOffLine(id))
    waiting.reject(error)
  }

  #hear(line: string): boolean {
    const { id, said } = readNumbered(line)
    const waiting = this.#waiting[id]
    if (waiting) {
      try {
        if (!waiting.take(said)) waiting.resolve()
      } catch (error) {
        this.#callOff(id, error as Error)
      }
    } else if (id > this.#last || (this.#unasked += line.length) > mostUnasked) throw new LinkFault('NODE_SPEAKS_ODDLY', 'the node goes on with what nobody asked for')
    return !this.isOver
  }
}
