import type { Worker } from 'node:worker_threads'
import { InputError, UnavailableError } from '@openledger/protocol'
import { startThread } from './startThread.ts'
import { type CallTable, type Reply, type Request, unpackError } from './wire.ts'

type Pending = { resolve: (result: unknown) => void; reject: (error: Error) => void; onEvent: (event: unknown) => void }

/** Calls into a worker thread: one promise per call, events on the way, cancellation by signal. */
export class WorkerClient<Table extends CallTable> {
  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  #next = 1
  #ended: Error | null = null

  /** Starts a thread on a TypeScript module. @param module its file URL @param data what it finds under `workerData.data` */
  constructor(module: URL, data: unknown) {
    this.#worker = startThread(module, data)
    this.#worker.on('message', (reply: Reply) => this.#receive(reply))
    this.#worker.on('error', (cause) => this.#end(new UnavailableError('ENGINE_CRASHED', 'the engine thread failed', { cause, action: 'retry' })))
    this.#worker.on('exit', () => this.#end(new UnavailableError('ENGINE_CLOSED', 'the engine was closed', { action: 'stop' })))
    // An idle engine does not keep the process alive; a call in progress does.
    this.#worker.unref()
  }

  /** Calls a method of the worker. @throws what the handler threw, `CANCELLED`, `ENGINE_CLOSED`, `ENGINE_CRASHED` */
  call<Name extends keyof Table & string>(
    method: Name,
    params: Table[Name]['params'],
    options: { onEvent?: (event: Table[Name]['event']) => void; signal?: AbortSignal } = {},
  ): Promise<Table[Name]['result']> {
    const { signal } = options
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended)
      if (signal?.aborted) return reject(new InputError('CANCELLED', 'the request was cancelled', { action: 'stop', status: 499 }))
      const id = this.#next++
      const cancel = (): void => this.#send({ kind: 'cancel', id })
      signal?.addEventListener('abort', cancel, { once: true })
      const settle = (): void => {
        signal?.removeEventListener('abort', cancel)
        this.#pending.delete(id)
        if (this.#pending.size === 0) this.#worker.unref()
      }
      this.#pending.set(id, {
        resolve: (result) => (settle(), resolve(result as Table[Name]['result'])),
        reject: (error) => (settle(), reject(error)),
        onEvent: (event) => options.onEvent?.(event as Table[Name]['event']),
      })
      this.#worker.ref()
      this.#send({ kind: 'call', id, method, params })
    })
  }

  /** Whether the thread has ended, by itself or by `terminate`; no call succeeds any more. */
  get ended(): boolean {
    return this.#ended !== null
  }

  /** Ends the thread at once; pending calls fail with `ENGINE_CLOSED`. */
  async terminate(): Promise<void> {
    this.#end(new UnavailableError('ENGINE_CLOSED', 'the engine was closed', { action: 'stop' }))
    await this.#worker.terminate()
  }

  #send(request: Request): void {
    this.#worker.postMessage(request)
  }

  #receive(reply: Reply): void {
    const pending = this.#pending.get(reply.id)
    if (!pending) return
    if (reply.kind === 'event') pending.onEvent(reply.event)
    else if (reply.kind === 'result') pending.resolve(reply.result)
    else pending.reject(unpackError(reply.error))
  }

  #end(error: Error): void {
    if (this.#ended) return
    this.#ended = error
    for (const pending of [...this.#pending.values()]) pending.reject(error)
  }
}
