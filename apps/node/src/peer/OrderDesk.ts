import { fail, UnavailableError } from '@openledger/protocol'
import type { Clock } from '../config/Clock.ts'
import type { Log } from '../config/Log.ts'
import { toLedgerError } from '../requests/errorResponse.ts'
import { endEvent, errorEvent, linesOf, refusedEvent, tokenEvent } from '../wire/answerEvents.ts'
import { longestOrder, longestSaid, numberBytes, numbered, readNumbered } from '../wire/orderLines.ts'
import type { AnswerOrder } from '../worker/AnswerOrder.ts'
import type { AnswerWorker } from '../worker/AnswerWorker.ts'
import { HeldLines } from './HeldLines.ts'

export type OrderDeskParts = {
  /** Reads an order and lets it pass. Called once for each. @throws InputError, ProofError when it is not to be answered */
  admit: (order: string) => Promise<AnswerOrder>
  worker: Pick<AnswerWorker, 'answer'>
  clock: Clock
  log: Log
}

/** Orders of one stream that are under way together. */
const mostOrders = 256
/** Bytes that are said and unread; beyond them no more orders are taken. */
const mostUnread = 1024 * 1024
/** Tokens of an answer that come within so long of each other are sent together, milliseconds: a little longer than a gateway holds back what it passes on, so that it passes these on at once. */
const holdMs = 5

/** Takes the orders that come on one stream and says on another what becomes of them, line by line as `wire/orderLines` has it. */
export class OrderDesk {
  /** What is said; whoever stops reading it calls all orders off. Ends when no more orders come and all that came are answered, or at what is no line of an order. */
  readonly lines: ReadableStream<Uint8Array>
  readonly #parts: OrderDeskParts
  readonly #orders: ReadableStreamDefaultReader<Uint8Array>
  readonly #underWay = new Map<number, AbortController>()
  readonly #controller: ReadableStreamDefaultController<Uint8Array>
  readonly #encoder = new TextEncoder()
  #last = 0
  #said = ''
  #hasAll = false
  #isOver = false
  /** Called when there is room for more to be said. */
  #goOn: (() => void) | undefined

  /** @param orders the stream, of which nobody else reads */
  constructor(orders: ReadableStream<Uint8Array>, parts: OrderDeskParts) {
    this.#parts = parts
    this.#orders = orders.getReader()
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined
    const source: UnderlyingDefaultSource<Uint8Array> = {
      start: (own) => void (controller = own),
      pull: () => this.#goOn?.(),
      cancel: (reason) => {
        this.#end()
        return this.#orders.cancel(reason)
      },
    }
    this.lines = new ReadableStream<Uint8Array>(source, new ByteLengthQueuingStrategy({ highWaterMark: mostUnread }))
    // A stream calls `start` while it is made.
    this.#controller = controller!
    this.#read().catch((error: unknown) => {
      if (this.#isOver) return
      this.#end()
      this.#controller.close()
      void this.#orders.cancel(error).catch(() => undefined)
    })
  }

  async #read(): Promise<void> {
    const take = linesOf(longestOrder + numberBytes, (line) => this.#take(line))
    for (;;) {
      const { done, value } = await this.#orders.read()
      if (done) break
      take(value)
      while (!this.#isOver && this.#controller.desiredSize! <= 0) await new Promise<void>((resolve) => (this.#goOn = resolve))
    }
    this.#hasAll = true
    this.#flush()
  }

  #take(line: string): true {
    const { id, said } = readNumbered(line)
    if (said === '') this.#underWay.get(id)?.abort()
    else {
      if (id <= this.#last) fail('BAD_LINE', 'the numbers of orders do not rise', { action: 'stop' })
      this.#last = id
      void this.#answer(id, said)
    }
    return true
  }

  async #answer(id: number, said: string): Promise<void> {
    const { clock, log, admit } = this.#parts
    if (this.#underWay.size >= mostOrders) return this.#say(numbered(id, errorEvent(new UnavailableError('OVERLOADED', `more than ${mostOrders} orders at once`, { action: 'retry', status: 429 }))))
    const stop = new AbortController()
    const lines = new HeldLines({ clock, holdMs, write: (text) => stop.signal.aborted || this.#say(text) })
    const tell = (event: string): void => lines.add(numbered(id, event))
    this.#underWay.set(id, stop)
    try {
      const order = await admit(said)
      if (!stop.signal.aborted) await this.#compute(order, stop.signal, tell)
    } catch (error) {
      tell(refusedEvent(toLedgerError(error, log)))
    }
    lines.flush()
    this.#underWay.delete(id)
    // It may have been the last one, with nothing left to say.
    this.#say('')
  }

  async #compute(order: AnswerOrder, signal: AbortSignal, tell: (event: string) => void): Promise<void> {
    const { worker, log } = this.#parts
    try {
      const answer = await worker.answer(order, { signal, onToken: (token) => tell(tokenEvent(token)) })
      // The node's own memory has it, so its attribution is due whatever the gateway does.
      answer.close(true)
      const end = endEvent(answer)
      if (end.length > longestSaid) fail('ANSWER_TOO_LONG', `the end of the answer has more than ${longestSaid} bytes`, { action: 'stop' })
      tell(end)
    } catch (error) {
      tell(errorEvent(toLedgerError(error, log)))
    }
  }

  /** What is said in one turn goes out together. */
  #say(lines: string): void {
    if (this.#said === '') setImmediate(() => this.#flush())
    this.#said += lines
  }

  #flush(): void {
    if (this.#isOver) return
    if (this.#said !== '') this.#controller.enqueue(this.#encoder.encode(this.#said))
    this.#said = ''
    if (!this.#hasAll || this.#underWay.size > 0) return
    this.#isOver = true
    this.#controller.close()
  }

  #end(): void {
    this.#isOver = true
    this.#goOn?.()
    for (const stop of this.#underWay.values()) stop.abort()
  }
}
