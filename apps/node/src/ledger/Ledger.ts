import { OpenLedgerError, StorageError } from '@openledger/protocol'
import type { Database, Query, Statement } from '../database/Database.ts'
import type { Journal, JournalEntry, JsonTexts } from '../journal/Journal.ts'
import { systemClock, type Clock } from '../config/Clock.ts'
import type { Log } from '../config/Log.ts'
import { errorFields } from '../config/Log.ts'
import type { FactOf, JointProjection, Projection, ProjectionSources, Projections } from './Projection.ts'
import type { Fact, Facts, FactType } from './facts.ts'

export type LedgerOptions = { journal: Journal; database: Database; projections: Projections; sources: ProjectionSources; log: Log; clock?: Clock; onFact?: (fact: Fact) => void }

/** Facts that are shown in one transaction: when `begin` was called and all before them are shown. */
type Together = { entries: JournalEntry[]; begin: () => void; shown: Promise<void> }
type AnyProjection = Projection<FactType> | JointProjection<FactType>

const cursorName = 'journal'
/** Facts that are shown in one transaction, at most. */
const mostTogether = 200
/** How long a fact that is shown soon waits for others, milliseconds. */
const soonMs = 200
/** So many facts wait for no others: a transaction for more of them costs hardly less for each. */
const enoughTogether = 64
/** So many facts may wait to be shown; whoever keeps another one waits with them. */
const mostWaiting = 1000
/** Pauses between two tries to show what the tables could not take, milliseconds. */
const retryPauses = { first: 500, most: 5000 }

async function readCursor(query: Query): Promise<number> {
  const [row] = await query<{ value: string }>(`select value from cursors where name = $1`, [cursorName])
  return Number(row?.value ?? 0)
}

/**
 * The node's memory: a fact is first flushed to the journal, then shown in the tables. The tables are brought up to the journal when the
 * node starts, and made anew when they are ahead of it.
 */
export class Ledger {
  readonly #options: LedgerOptions
  readonly #listeners = new Set<(fact: Fact) => void>()
  #shown: number
  #queue: Promise<void> = Promise.resolve()
  /** Facts on the disk that are shown next, together. */
  #waiting: Together | undefined
  /** Whether what waits is shown in a moment, with nothing else to show it sooner. */
  #isSoon = false
  #failure: StorageError | undefined
  /** Whether the tables may show other facts than `#shown` says: a commit was cut off. */
  #unsure = false
  #retrying: Promise<void> | undefined
  readonly #closing = new AbortController()

  private constructor(options: LedgerOptions, shown: number) {
    this.#options = options
    this.#shown = shown
  }

  /** Brings the tables up to the journal. Throws StorageError when a fact cannot be shown. */
  static async open(options: LedgerOptions): Promise<Ledger> {
    const { database, journal, log } = options
    let cursor = await readCursor(database.query)
    if (cursor > journal.lastSeq) {
      log.warn('database.rebuild', { reason: 'it knows more than the journal', cursor, journal: journal.lastSeq })
      await database.reset()
      cursor = 0
    }
    const ledger = new Ledger(options, cursor)
    try {
      await ledger.#catchUp(journal.lastSeq)
    } catch (error) {
      if (cursor === 0) throw error
      log.warn('database.rebuild', { reason: 'the journal could not be shown in it', ...errorFields(error) })
      await database.reset()
      ledger.#shown = 0
      await ledger.#catchUp(journal.lastSeq)
    }
    return ledger
  }

  /** The newest fact that the tables show, and why they have stopped, if they have. */
  get state(): { shown: number; recorded: number; failure: StorageError | undefined } {
    return { shown: this.#shown, recorded: this.#options.journal.lastSeq, failure: this.#failure }
  }

  /** Calls `listener` for every fact from now on; returns the way to stop. */
  onFact(listener: (fact: Fact) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Records a fact. Returns when it is on the disk and in the tables, together with others that came at the time; a fact that is on the disk but cannot be
   * shown yet does not fail.
   * @throws StorageError NO_SPACE, JOURNAL_WRITE_FAILED, RECORD_TOO_LARGE: nothing was recorded
   */
  async record<T extends FactType>(type: T, data: Facts[T]): Promise<FactOf<T>> {
    const entry = await this.#options.journal.append(type, data)
    await this.#showNext(entry)
    return this.#tell(entry as FactOf<T>)
  }

  /**
   * Records a fact that the tables show with the next one, or soon: returns when it is on the disk. Errors as `record`.
   * @param texts JSON of some fields, where it is at hand
   */
  async keep<T extends FactType>(type: T, data: Facts[T], texts?: JsonTexts): Promise<FactOf<T>> {
    const entry = await this.#options.journal.append(type, data, texts)
    await this.#showSoon(entry)
    return this.#tell(entry as FactOf<T>)
  }

  /** Reads the tables when they show every fact that was recorded before; those that they cannot take are missing. */
  readonly query: Query = async (sql, params) => {
    await this.settled()
    return this.#options.database.query(sql, params)
  }

  /** Waits until every recorded fact is shown. */
  async settled(): Promise<void> {
    this.#waiting?.begin()
    await this.#queue
  }

  /** Stops trying to show what the tables cannot take, and waits for what is under way. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.#waiting?.begin()
    await this.#retrying
    await this.#queue
  }

  #tell<T extends FactType>(fact: FactOf<T>): FactOf<T> {
    for (const listener of this.#listeners) listener(fact as Fact)
    return fact
  }

  /** Shows a fact after all that are being shown, with those that wait already. */
  #showNext(entry: JournalEntry): Promise<void> {
    const { begin, shown } = this.#wait(entry)
    begin()
    return shown
  }

  /** @returns at once, unless too much waits already */
  async #showSoon(entry: JournalEntry): Promise<void> {
    const { clock = systemClock } = this.#options
    const { entries, begin, shown } = this.#wait(entry)
    if (!this.#isSoon) {
      this.#isSoon = true
      void clock.sleep(soonMs, this.#closing.signal).then(() => {
        this.#isSoon = false
        this.#waiting?.begin()
      })
    }
    if (entries.length >= enoughTogether) begin()
    if (entries.length >= mostWaiting) await shown
  }

  #wait(entry: JournalEntry): Together {
    const waiting = (this.#waiting ??= this.#nextTogether())
    waiting.entries.push(entry)
    return waiting
  }

  #nextTogether(): Together {
    const entries: JournalEntry[] = []
    let begin: () => void = () => undefined
    const begun = new Promise<void>((resolve) => (begin = resolve))
    const shown = Promise.all([this.#queue, begun]).then(() => {
      this.#waiting = undefined
      return this.#showUpTo(entries.at(-1)!.seq, entries)
    })
    this.#queue = shown
    return { entries, begin, shown }
  }

  /** @param entries the newest facts, in order and without gaps, when they are at hand: they are read from the journal otherwise */
  async #showUpTo(seq: number, entries: readonly JournalEntry[] = []): Promise<void> {
    for (let again = false; seq > this.#shown || this.#unsure; again = true) {
      try {
        if (this.#unsure) this.#shown = await readCursor(this.#options.database.query)
        this.#unsure = false
        const isNext = entries[0]?.seq === this.#shown + 1
        if (isNext) for (let at = 0; at < entries.length; at += mostTogether) await this.#showTogether(entries.slice(at, at + mostTogether))
        else if (seq > this.#shown) await this.#catchUp(seq)
        this.#failure = undefined
      } catch (cause) {
        this.#unsure = true
        if (!again && cause instanceof OpenLedgerError && cause.code === 'DATABASE_UNSURE') continue
        this.#failure = new StorageError('DATABASE_BEHIND', 'the database could not take the newest facts', { cause, action: 'retry', fix: 'see that the database can be reached, or start the node again: the database is rebuilt' })
        this.#options.log.error('database.behind', { shown: this.#shown, seq, ...errorFields(cause) })
        // A database that went away comes back by itself, and no fact may be due for long.
        if (cause instanceof OpenLedgerError && cause.action === 'retry') this.#retrying ??= this.#retry().finally(() => (this.#retrying = undefined))
        return
      }
    }
  }

  async #retry(): Promise<void> {
    const { clock = systemClock, journal } = this.#options
    for (let pause = retryPauses.first; ; pause = Math.min(pause * 2, retryPauses.most)) {
      await clock.sleep(pause, this.#closing.signal)
      if (this.#closing.signal.aborted || !this.#failure) return
      await (this.#queue = this.#queue.then(() => this.#showUpTo(journal.lastSeq)))
    }
  }

  async #catchUp(to: number): Promise<void> {
    let batch: JournalEntry[] = []
    for await (const entry of this.#options.journal.read(this.#shown + 1)) {
      if (entry.seq > to) break
      batch.push(entry)
      if (batch.length < mostTogether) continue
      await this.#showTogether(batch)
      batch = []
    }
    if (batch.length > 0) await this.#showTogether(batch)
  }

  /** Shows facts in one transaction; one after the other when that fails because of one of them, so that those before it are shown. */
  async #showTogether(entries: readonly JournalEntry[]): Promise<void> {
    try {
      await this.#show(entries)
    } catch (error) {
      const isOfOne = !(error instanceof OpenLedgerError && error.action === 'retry')
      if (entries.length === 1 || !isOfOne) throw error
      for (const entry of entries) await this.#show([entry])
    }
  }

  async #show(entries: readonly JournalEntry[]): Promise<void> {
    const { database, sources } = this.#options
    const last = entries.at(-1)!.seq
    const moveCursor: Statement = { sql: `insert into cursors values ($1, $2) on conflict (name) do update set value = excluded.value`, params: [cursorName, String(last)] }
    const steps = runsOf(entries.map((entry) => ({ entry, projection: this.#projectionOf(entry) }))).map((run) => stepOf(run, sources))
    const plain = steps.filter((step) => typeof step !== 'function')
    if (plain.length === steps.length) await database.write([moveCursor, ...plain.flat()])
    else {
      await database.transaction(async (query) => {
        for (const step of [[moveCursor], ...steps]) {
          if (typeof step === 'function') await step(query)
          else for (const { sql, params } of step) await query(sql, params)
        }
      })
    }
    this.#shown = last
  }

  #projectionOf({ seq, type }: JournalEntry): AnyProjection {
    const projection = this.#options.projections[type as FactType] as AnyProjection | undefined
    if (!projection) throw new StorageError('UNKNOWN_FACT', `journal record ${seq} is of the unknown kind "${type}"`, { action: 'stop', fix: 'start the version that wrote it' })
    return projection
  }
}

type Shown = { entry: JournalEntry; projection: AnyProjection }

/** Facts in the order in which they are written: those that may be written jointly, kind by kind as far as nothing else lies between them, and each other one alone. */
function runsOf(facts: readonly Shown[]): Shown[][] {
  const runs: Shown[][] = []
  let joint = new Map<AnyProjection, Shown[]>()
  for (const fact of facts) {
    const { projection } = fact
    const run = joint.get(projection)
    if (run) run.push(fact)
    else {
      const begun = [fact]
      runs.push(begun)
      if (typeof projection === 'function') joint = new Map()
      else joint.set(projection, begun)
    }
  }
  return runs
}

/** What shows a run: statements, or where a fact needs more than those, what carries it out. */
function stepOf(run: readonly Shown[], sources: ProjectionSources): readonly Statement[] | ((query: Query) => Promise<void>) {
  const facts = run.map(({ entry }) => entry as FactOf<FactType>)
  const { projection } = run[0]!
  if (typeof projection !== 'function') return projection.together(facts)
  return (query) => projection(query, facts[0]!, sources)
}
