import { errorFields, type Log } from '../config/Log.ts'

/** What has been opened, to be closed in the opposite order. */
export class Closers {
  readonly #log: Log
  readonly #closers: { name: string; close: () => Promise<unknown> }[] = []

  constructor(log: Log) {
    this.#log = log
  }

  add(name: string, close: () => Promise<unknown>): void {
    this.#closers.push({ name, close })
  }

  /** Closes everything, newest first; a failure is logged and stops nothing. */
  async close(): Promise<void> {
    for (let next = this.#closers.pop(); next; next = this.#closers.pop()) {
      const { name, close } = next
      await close().catch((error: unknown) => this.#log.error('close.failed', { part: name, ...errorFields(error) }))
    }
  }
}
