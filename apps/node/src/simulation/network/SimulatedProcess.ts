import { setMaxListeners } from 'node:events'
import { StorageError } from '@openledger/protocol'
import type { Clock } from '../../config/Clock.ts'
import type { Database, Query } from '../../database/Database.ts'
import type { SimulatedClock } from '../time/SimulatedClock.ts'

const never = <T>(): Promise<T> => new Promise(() => undefined)

/** One run of a program: once it is killed, nothing that it had begun goes on, and nothing comes back to it. */
export class SimulatedProcess {
  readonly clock: Clock
  readonly #clock: SimulatedClock
  readonly #ended = new AbortController()

  constructor(clock: SimulatedClock) {
    this.#clock = clock
    // Everything that is under way listens.
    setMaxListeners(0, this.#ended.signal)
    this.clock = { now: () => clock.now(), sleep: (ms, signal) => this.guard(clock.sleep(ms, signal)) }
  }

  get isAlive(): boolean {
    return !this.#ended.signal.aborted
  }

  /** Aborts when the process is killed. */
  get ended(): AbortSignal {
    return this.#ended.signal
  }

  kill(): void {
    this.#ended.abort()
  }

  /** What comes of something, as long as the process is there to see it. */
  guard<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      work.then(
        (value) => this.isAlive && resolve(value),
        (error: unknown) => this.isAlive && reject(error as Error),
      )
    })
  }

  /** A database as this process sees it: a transaction in which it is killed is rolled back. */
  database(database: Database): Database {
    const query = (run: Query): Query => async (sql, params) => {
      if (!this.isAlive) throw new StorageError('PROCESS_ENDED', 'the process was killed', { action: 'stop' })
      return run(sql, params)
    }
    const held = <T>(work: () => Promise<T>): Promise<T> => (this.isAlive ? this.guard(this.#clock.hold(work)) : never())
    return {
      query: (sql, params) => held(() => database.query(sql, params)),
      transaction: (work) => held(() => database.transaction((run) => work(query(run)))),
      write: (statements) => held(() => database.write(statements)),
      reset: () => held(() => database.reset()),
      close: () => Promise.resolve(),
    }
  }
}
