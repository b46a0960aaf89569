import { OpenLedgerError, StorageError, UnavailableError } from '@openledger/protocol'
import type { AdapterFiles } from '../../adapter/readAdapterFiles.ts'
import type { AdapterBase } from '../../adapter/peftFolder.ts'
import { WorkerClient } from '../../threads/WorkerClient.ts'
import type { AdapterSource } from './AdapterSource.ts'

/** What a reader thread can be asked. */
export type ReaderCalls = { read: { params: { path: string; maxBytes: number }; result: AdapterFiles; event: never } }

const defaultTimeoutMs = 30_000

/**
 * Reads adapters in a thread that starts with the first read. A read that takes too long fails, and the thread is replaced, so that
 * neither a disk that hangs nor a file that is slow to check holds up the others. The maker closes it.
 */
export class ReaderThread implements AdapterSource {
  readonly #base: AdapterBase
  readonly #timeoutMs: number
  #client: WorkerClient<ReaderCalls> | null = null
  #closed = false

  constructor(base: AdapterBase, timeoutMs = defaultTimeoutMs) {
    this.#base = { id: base.id, config: base.config }
    this.#timeoutMs = timeoutMs
  }

  async read(path: string, maxBytes: number): Promise<AdapterFiles> {
    for (let attempt = 0; ; attempt++) {
      if (this.#closed) throw new UnavailableError('ENGINE_CLOSED', 'the engine was closed', { action: 'stop' })
      const client = this.#running()
      try {
        return await this.#withinTime(client, path, maxBytes)
      } catch (error) {
        // The thread was replaced because of another file, or ran out of memory: once more in the next one.
        const lost = error instanceof OpenLedgerError && (error.code === 'ENGINE_CLOSED' || error.code === 'ENGINE_CRASHED')
        if (!lost || this.#closed || attempt > 0) throw error
      }
    }
  }

  close(): void {
    this.#closed = true
    void this.#client?.terminate()
    this.#client = null
  }

  #running(): WorkerClient<ReaderCalls> {
    if (!this.#client || this.#client.ended) this.#client = new WorkerClient<ReaderCalls>(new URL('./readerThreadBody.ts', import.meta.url), this.#base)
    return this.#client
  }

  async #withinTime(client: WorkerClient<ReaderCalls>, path: string, maxBytes: number): Promise<AdapterFiles> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new StorageError('FILE_TIMEOUT', `${path} could not be read within ${this.#timeoutMs} ms`, { action: 'retry' }))
        void client.terminate()
      }, this.#timeoutMs)
    })
    try {
      return await Promise.race([client.call('read', { path, maxBytes }), late])
    } finally {
      clearTimeout(timer)
    }
  }
}
