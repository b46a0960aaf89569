import type { Worker } from 'node:worker_threads'
import type { AnswerEngine } from '@openledger/attribution'
import { startThread } from '@openledger/engine'
import { OpenLedgerError, UnavailableError } from '@openledger/protocol'
import type { ContentPlace } from '../content/openContent.ts'
import type { AnswerAttribution, AttributionRequest } from './AnswerAttributor.ts'

type Failure = { code: string; message: string }
/** `gateway` is the address from which files are fetched that the content store lacks. */
export type ThreadData = { content: ContentPlace; gateway?: string; niceness: number }
/** What a thread is told: an answer to attribute, and what the engine says. */
export type ToThread = { kind: 'attribute'; id: number; request: AttributionRequest } | { kind: 'answered'; call: number; value: unknown } | { kind: 'refused'; call: number; error: Failure }
/** What a thread says: a question to the engine, and how an attribution ended. */
export type FromThread = { kind: 'engine'; call: number; method: keyof AnswerEngine; args: unknown[] } | { kind: 'done'; id: number; result: AnswerAttribution } | { kind: 'failed'; id: number; error: Failure }

type Open = { worker: Worker; waiting: Map<number, { resolve: (found: AnswerAttribution) => void; reject: (error: Error) => void }> }

const niceness = 10

/**
 * Attributes answers in a thread of low priority, so that scores, sums and trees delay no answer that is being given. The thread reads tables and
 * indexes from the content store by itself, and asks the engine through this side. It starts when it is first asked.
 */
export class AttributionThread {
  readonly #engine: AnswerEngine
  readonly #data: ThreadData
  #open: Open | undefined
  #closed = false
  #next = 0

  /** @param content where the content is @param gateway where to fetch files that it lacks; default nowhere */
  constructor(engine: AnswerEngine, content: ContentPlace, gateway?: string) {
    this.#engine = engine
    this.#data = { content, gateway, niceness }
  }

  /** @throws what the engine, the files and the attribution throw, by code; UnavailableError THREAD_ENDED */
  attribute(request: AttributionRequest): Promise<AnswerAttribution> {
    if (this.#closed) return Promise.reject(new UnavailableError('THREAD_ENDED', 'attributions were closed', { action: 'stop' }))
    const { worker, waiting } = (this.#open ??= this.#start())
    this.#next += 1
    const id = this.#next
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      worker.postMessage({ kind: 'attribute', id, request } satisfies ToThread)
    })
  }

  /** Gives the thread up; the next answer starts another. */
  restart(): void {
    const old = this.#open
    this.#open = undefined
    void old?.worker.terminate()
  }

  /** Ends the thread for good. */
  async close(): Promise<void> {
    this.#closed = true
    const old = this.#open
    this.#open = undefined
    await old?.worker.terminate()
  }

  #start(): Open {
    const worker = startThread(new URL('./readoutThread.ts', import.meta.url), this.#data)
    const open: Open = { worker, waiting: new Map() }
    const end = (error: Error): void => {
      for (const { reject } of open.waiting.values()) reject(error)
      open.waiting.clear()
      if (this.#open === open) this.#open = undefined
    }
    worker.on('message', (message: FromThread) => this.#receive(open, message))
    worker.on('error', (cause) => end(new UnavailableError('THREAD_ENDED', 'the thread of attributions failed', { cause, action: 'retry' })))
    worker.on('exit', () => end(new UnavailableError('THREAD_ENDED', 'the thread of attributions ended', { action: 'retry' })))
    worker.unref()
    return open
  }

  #receive({ worker, waiting }: Open, message: FromThread): void {
    if (message.kind === 'engine') {
      const { call, method, args } = message
      const answer = this.#engine[method] as (...given: unknown[]) => Promise<unknown>
      answer(...args).then(
        (value) => worker.postMessage({ kind: 'answered', call, value } satisfies ToThread),
        (error: unknown) => worker.postMessage({ kind: 'refused', call, error: { code: error instanceof OpenLedgerError ? error.code : 'ENGINE_BROKE', message: error instanceof Error ? error.message : String(error) } } satisfies ToThread),
      )
      return
    }
    const { resolve, reject } = waiting.get(message.id) ?? {}
    waiting.delete(message.id)
    if (message.kind === 'done') resolve?.(message.result)
    else reject?.(new OpenLedgerError(message.error.code, message.error.message, { action: 'retry' }))
  }
}
