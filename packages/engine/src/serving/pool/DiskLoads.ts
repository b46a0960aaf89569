import { fail, OpenLedgerError, StorageError } from '@openledger/protocol'
import type { Adapter } from '../../adapter/Adapter.ts'
import type { AdapterFiles } from '../../adapter/readAdapterFiles.ts'
import { type AdapterRecord, smoothed } from './AdapterRecord.ts'
import type { AdapterSource } from './AdapterSource.ts'
import { LoadTimes } from './LoadTimes.ts'

const firstBackOffMs = 1000
const longestBackOffMs = 60_000
/** Headers and names come on top of the tensors. */
const headerBytes = 16 * 2 ** 20

/** Reads adapters from disk, a few at once, and remembers which could not be read. Every load is checked against the adapter's id. */
export class DiskLoads {
  readonly times = new LoadTimes()
  readonly #source: AdapterSource
  readonly #readers: number
  readonly #now: () => number
  readonly #maxBytes: number
  readonly #waiting: (() => void)[] = []
  #registering = 0
  #active = 0
  #reserved = 0
  #failures = 0

  /** @param maxBytes largest adapter that can be used @param readers most reads at once */
  constructor(source: AdapterSource, options: { readers: number; now: () => number; maxBytes: number }) {
    this.#source = source
    this.#readers = options.readers
    this.#now = options.now
    this.#maxBytes = options.maxBytes + headerBytes
  }

  /** Whether another read may start. */
  get free(): boolean {
    return this.#active < this.#readers
  }

  /** Bytes of what is being read. */
  get reserved(): number {
    return this.#reserved
  }

  get failures(): number {
    return this.#failures
  }

  /** Reads an adapter that is not known yet; many of them take turns. @returns what was read and how long it took */
  async first(path: string): Promise<AdapterFiles & { diskMs: number }> {
    while (this.#registering >= this.#readers) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#registering += 1
    try {
      const started = this.#now()
      const files = await this.#source.read(path, this.#maxBytes)
      return { ...files, diskMs: this.#now() - started }
    } finally {
      this.#registering -= 1
      this.#waiting.shift()?.()
    }
  }

  /**
   * Reads a known adapter, or joins the read in progress. A failure is kept in the record, with the time before which there is no use in
   * trying again.
   * @throws StorageError `ADAPTER_CHANGED`, and what `AdapterSource.read` throws
   */
  load(record: AdapterRecord): Promise<Adapter> {
    record.reading ??= this.#load(record).finally(() => (record.reading = null))
    return record.reading
  }

  /** The error that an adapter could not be loaded with, while it is too early to try again. */
  failureOf(record: AdapterRecord): OpenLedgerError | null {
    return record.failure && !record.reading && this.#now() < record.failure.retryAt ? record.failure.error : null
  }

  /** Notes that an adapter could not be loaded. */
  fail(record: AdapterRecord, cause: unknown): OpenLedgerError {
    const error = cause instanceof OpenLedgerError ? cause : new StorageError('ADAPTER_UNREADABLE', `adapter ${record.id} could not be loaded`, { cause, action: 'retry' })
    const attempts = (record.failure?.attempts ?? 0) + 1
    record.failure = { error, attempts, retryAt: this.#now() + Math.min(longestBackOffMs, firstBackOffMs * 2 ** (attempts - 1)) }
    this.#failures += 1
    return error
  }

  async #load(record: AdapterRecord): Promise<Adapter> {
    const started = this.#now()
    this.#active += 1
    this.#reserved += record.bytes
    try {
      if (record.path === null) fail('ADAPTER_UNKNOWN', `adapter ${record.id} has no files`, { action: 'stop' })
      const { adapter, fingerprint, fileBytes } = await this.#source.read(record.path, this.#maxBytes)
      if (adapter.id !== record.id) {
        const how = fingerprint === record.fingerprint ? 'although size and time of its files are the same: the disk may be failing' : 'its files were changed'
        throw new StorageError('ADAPTER_CHANGED', `${record.path} no longer holds adapter ${record.id} but ${adapter.id}; ${how}`, { action: 'stop', fix: 'register the folder again, or restore its files' })
      }
      record.fingerprint = fingerprint
      record.fileBytes = fileBytes
      record.failure = null
      const ms = this.#now() - started
      record.diskMs = smoothed(record.diskMs, ms)
      this.times.add(ms)
      return adapter
    } catch (cause) {
      throw this.fail(record, cause)
    } finally {
      this.#active -= 1
      this.#reserved -= record.bytes
    }
  }
}
