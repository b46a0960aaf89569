import type { Reply } from '../../links/Http2Connection.ts'
import { cancelled } from '../../links/OrderStream.ts'
import type { RemoteLinkParts } from '../../links/RemoteLink.ts'
import { linesOf } from '../../wire/answerEvents.ts'
import { LinkFault } from '../../wire/LinkFault.ts'
import { longestSaid, numberBytes, orderLine, readNumbered } from '../../wire/orderLines.ts'
import type { SeededRandom } from '../time/seededRandom.ts'
import type { SimulatedClock } from '../time/SimulatedClock.ts'
import type { SimulatedProcess } from './SimulatedProcess.ts'

/** Whoever listens at an address. */
export type Listener = { process: SimulatedProcess; fetch: (request: Request) => Response | Promise<Response> }

type Call = { address: string; path: string; body: string; signal: AbortSignal; broken: AbortSignal }

/** What a connection that gets no answer to its pings waits for. */
const pingMs = 10_000
const lost = (): LinkFault => new LinkFault('NODE_LOST', 'the connection to the node broke')

/** Wires between the gateway and its nodes: they take time, break, and can be cut for a while. */
export class VirtualNetwork {
  /** Part of messages with which the connection breaks. */
  loss = 0
  readonly #clock: SimulatedClock
  readonly #random: SeededRandom
  readonly #listeners = new Map<string, Listener>()
  /** Until when an address cannot be reached, nor reach anybody. */
  readonly #cutUntil = new Map<string, number>()

  constructor(clock: SimulatedClock, random: SeededRandom) {
    this.#clock = clock
    this.#random = random
  }

  listen(address: string, listener: Listener): void {
    this.#listeners.set(address, listener)
  }

  /** Cuts an address off for a while. */
  cut(address: string, ms: number): void {
    this.#cutUntil.set(address, Math.max(this.#cutUntil.get(address) ?? 0, this.#clock.now() + ms))
  }

  heal(): void {
    this.loss = 0
    this.#cutUntil.clear()
  }

  /** The way of one message between an address and the gateway. @throws LinkFault NODE_LOST */
  async travel(address: string): Promise<void> {
    const wait = (this.#cutUntil.get(address) ?? 0) - this.#clock.now()
    await this.#clock.sleep(Math.min(pingMs, Math.max(0, wait)) + 1 + this.#random.exponential(12))
    if (wait > pingMs || this.#random.chance(this.loss)) throw lost()
  }

  /** A connection from a gateway's process to an address, as Http2Connection is one; each order has a stream of its own. */
  connect(address: string, from: SimulatedProcess): RemoteLinkParts['connection'] {
    const closed = new AbortController()
    const call = (path: string, body: string, signal: AbortSignal): Call => ({ address, path, body, signal, broken: AbortSignal.any([closed.signal, from.ended]) })
    return {
      close: () => closed.abort(),
      order: (order, take, signal) => from.guard(this.#order(call('/orders', orderLine(1, order), signal), take)),
      post: (path, body, signal) => from.guard(this.#post(call(path, body, signal))),
    }
  }

  async #order(call: Call, take: (line: string) => boolean): Promise<void> {
    const { read } = await this.#send(call)
    const takeBytes = linesOf(longestSaid + numberBytes, (line) => take(readNumbered(line).said))
    for await (const piece of read()) if (!takeBytes(piece)) return
    throw lost()
  }

  async #post(call: Call): Promise<Reply> {
    const { status, read } = await this.#send(call)
    const parts: Uint8Array[] = []
    for await (const piece of read()) parts.push(piece)
    return { status, body: Buffer.concat(parts) }
  }

  async #send({ address, path, body, signal, broken: gone }: Call): Promise<{ status: number; read: () => AsyncGenerator<Uint8Array> }> {
    await this.travel(address)
    if (signal.aborted) throw cancelled()
    const listener = this.#listeners.get(address)
    if (!listener?.process.isAlive || gone.aborted) throw lost()
    const { process } = listener
    const broken = AbortSignal.any([process.ended, gone])
    // A Request holds its signal weakly, so that whether it comes would depend on the collector: the server learns by its stream that nobody reads on.
    const request = new Request(`http://${address}${path}`, { method: 'POST', body, headers: { 'content-type': 'application/json', 'content-length': String(body.length) } })
    const responding = Promise.resolve(listener.fetch(request))
    try {
      await unless(broken, lost, unless(signal, cancelled, responding))
      await this.travel(address)
    } catch (error) {
      void responding.then(({ body: unread }) => unread?.cancel()).catch(() => undefined)
      throw error
    }
    const response = await responding
    return { status: response.status, read: () => this.#chunks(address, response, { signal, broken }) }
  }

  async *#chunks(address: string, response: Response, { signal, broken }: { signal: AbortSignal; broken: AbortSignal }): AsyncGenerator<Uint8Array> {
    const reader = response.body?.getReader()
    if (!reader) return
    const stop = (): void => void reader.cancel().catch(() => undefined)
    for (const source of [signal, broken]) source.addEventListener('abort', stop, { once: true })
    try {
      for (;;) {
        const { done, value } = await unless(broken, lost, unless(signal, cancelled, reader.read()))
        await unless(broken, lost, unless(signal, cancelled, this.travel(address)))
        if (done) return
        yield value
      }
    } finally {
      stop()
      for (const source of [signal, broken]) source.removeEventListener('abort', stop)
    }
  }
}

/** What comes of something, unless a signal aborts first. */
function unless<T>(signal: AbortSignal, error: () => Error, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(error())
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
