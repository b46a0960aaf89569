import type { Adapter } from '../../../adapter/Adapter.ts'
import type { AdapterFiles } from '../../../adapter/readAdapterFiles.ts'
import type { AdapterSource } from '../AdapterSource.ts'

/** A disk for tests: holds adapters by path, reads them when the test says so, and notes what was read. */
export class FakeSource implements AdapterSource {
  readonly files = new Map<string, Adapter | Error>()
  readonly reads: string[] = []
  /** While held, reads wait for `answer`. */
  held = false
  /** Called before a read is answered, for the clock. */
  beforeAnswer: (path: string) => void = () => undefined
  readonly #waiting: (() => void)[] = []

  async read(path: string): Promise<AdapterFiles> {
    this.reads.push(path)
    if (this.held) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.beforeAnswer(path)
    const adapter = this.files.get(path) ?? new RangeError(`no file ${path}`)
    if (adapter instanceof Error) throw adapter
    return { adapter, fileBytes: 1, fingerprint: path }
  }

  /** Answers the reads that wait, the first of them by default. */
  async answer(count = 1): Promise<void> {
    for (const resolve of this.#waiting.splice(0, count)) resolve()
    await new Promise((resolve) => setImmediate(resolve))
  }

  close(): void {}
}
