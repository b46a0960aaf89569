import { OpenLedgerError, UnavailableError, type Hex } from '@openledger/protocol'
import type { SequenceStep } from '../forward/StepPlan.ts'
import { ActiveSequences, promptLeft, type StepBudget } from './ActiveSequences.ts'
import { adapterKey } from './adapterKey.ts'
import { Admission, overloaded } from './admission/Admission.ts'
import type { Work } from './admission/forecastFirstToken.ts'
import { cancelled, closed, deadlineExceeded } from './endings.ts'
import type { Job } from './jobs/Job.ts'
import { leaseAdapters } from './leaseAdapters.ts'
import { LoadCounters, type RequestEnd } from './load/LoadCounters.ts'
import type { BatcherLoad } from './load/ServingLoad.ts'
import { PrefixCache, type SlotStore } from './prefix/PrefixCache.ts'
import { chooseGoOn, choosePause, type PauseRules } from './queue/choosePause.ts'
import { fairlyAhead, fairOrder } from './queue/fairOrder.ts'
import { answerWeight, promptWeight } from './queue/FairShare.ts'
import { type QueueOptions, type Standing, WaitingQueue } from './queue/WaitingQueue.ts'
import type { RequestPriority, Scheduling } from './requests.ts'
import type { Runtime } from './Runtime.ts'
import type { Active, AdapterSource, Ticket, WantedAdapter } from './Ticket.ts'

export type SchedulerOptions = StepBudget & {
  /** Sequences that can be computed at once. */
  slots: number
  /** Requests that can wait. */
  maxWaiting: number
  /** Bound on the predicted time to a first token, for requests that name none. */
  firstTokenMs?: number
  /** How long an answer may pause in all, for payers that are further behind in their share. */
  pauseMs: number
  fairness: QueueOptions
}

export type SchedulerParts = {
  /** Computes steps; the rows it gives may be overwritten by the next step. */
  pass: { run(steps: readonly SequenceStep[]): Float32Array[][] }
  cache: SlotStore
  pool: AdapterSource
  runtime: Runtime
}

export type Submission = Scheduling & { job: Job; adapters: readonly WantedAdapter[]; firstTokenMs?: number; signal?: AbortSignal }

/** Adapters that are asked for in one turn without success before the others have to wait for the next change. */
const mostMisses = 16
/** Adapters that the pool is told of in advance. */
const mostPrefetched = 64

/**
 * Decides which requests are computed when. One step per turn of the event loop; between steps, requests come and go.
 * A request holds a place in the queue, then a slot and leases of its adapters, and nothing once it has ended, however it ended.
 */
export class Scheduler {
  readonly #parts: SchedulerParts
  readonly #options: SchedulerOptions
  readonly #prefixes: PrefixCache
  readonly #sequences: ActiveSequences
  readonly #queue: WaitingQueue<Ticket>
  readonly #admission: Admission
  readonly #counters = new LoadCounters()
  readonly #activeOf = new Map<Ticket, Active>()
  readonly #cancelled = new Set<Ticket>()
  /** Adapters that were missing when they were last asked for, by key. */
  readonly #missing = new Set<string>()
  /** Adapters that get no new requests until a request has its own: they make room for it. */
  #yielding: { to: Ticket; keys: Set<string> } | null = null
  readonly #pauses: PauseRules
  readonly #unsubscribe: () => void
  #nextDeadline = Infinity
  #callOffTimer: (() => void) | null = null
  #running = false
  #stepping = false
  #closed = false
  #queueChanged = false

  constructor(parts: SchedulerParts, options: SchedulerOptions) {
    this.#parts = parts
    this.#options = options
    this.#prefixes = new PrefixCache(parts.cache, options.slots)
    this.#sequences = new ActiveSequences(this.#prefixes, options)
    this.#queue = new WaitingQueue(options.fairness)
    this.#admission = new Admission(options)
    this.#pauses = { counterOf: (payer) => this.#queue.counter(payer), slack: options.fairness.slack, pauseMs: options.pauseMs }
    this.#unsubscribe = parts.pool.onChange(() => {
      this.#missing.clear()
      if (this.#queue.size > 0) this.#wake()
    })
  }

  get load(): BatcherLoad {
    const waitingByPriority: Record<RequestPriority, number> = { high: 0, normal: 0, low: 0 }
    const now = this.#parts.runtime.now()
    let oldestWaitMs = 0
    for (const { priority, arrivedMs } of this.#queue.items()) {
      waitingByPriority[priority] += 1
      oldestWaitMs = Math.max(oldestWaitMs, now - arrivedMs)
    }
    const detail = { ...this.#counters.counts, waitingByPriority, oldestWaitMs, prefix: this.#prefixes.stats, forecasts: this.#admission.forecasts }
    return { active: this.#sequences.size, waiting: this.#queue.size + this.#sequences.paused.size, steps: this.#counters.steps, detail }
  }

  /**
   * Takes a request on; its job learns how it ends.
   * @throws UnavailableError `OVERLOADED`, `ENGINE_CLOSED`; InputError `CANCELLED`; what the pool says of an adapter that cannot be had
   */
  submit(request: Submission): void {
    if (this.#closed) throw closed()
    if (request.signal?.aborted) throw cancelled()
    for (const { adapterId } of request.adapters) {
      const failure = this.#parts.pool.failure(adapterId)
      if (failure) throw failure
    }
    const ticket = this.#ticketFor(request)
    try {
      this.#check(ticket)
    } catch (error) {
      ticket.letGo()
      this.#counters.end('refused')
      throw error
    }
    this.#queue.add(ticket)
    this.#queueChanged = true
    this.#nextDeadline = Math.min(this.#nextDeadline, ticket.deadlineMs)
    // While there is room nothing has to be weighed: the adapter is leased before it can go away.
    if (!this.#stepping) this.#admit()
    this.#wake()
  }

  /** Ends all requests with `ENGINE_CLOSED`. */
  dispose(): void {
    if (this.#closed) return
    this.#closed = true
    this.#unsubscribe()
    this.#callOffTimer?.()
    for (const ticket of [...this.#queue.items(), ...this.#activeOf.keys()]) this.#end(ticket, 'failed', closed())
    this.#prefixes.dispose()
  }

  #ticketFor({ job, adapters, signal, payer = '', priority = 'normal', ...request }: Submission): Ticket {
    const now = this.#parts.runtime.now()
    const key = adapterKey(adapters)
    const rows = job.prompt.length - this.#prefixes.lookUp(key, job.prompt, job.reusable)
    const cost = promptWeight * rows + answerWeight * this.#admission.expectedAnswer(job.maxAnswer, job.answerFixed, 0)
    const cancel = (): void => {
      this.#cancelled.add(ticket)
      this.#wake()
    }
    const holds = adapters.map(({ adapterId }) => this.#parts.pool.hold(adapterId))
    signal?.addEventListener('abort', cancel, { once: true })
    const ticket: Ticket = {
      ...{ job, adapters, payer, priority, goesOn: job.goesOn ?? false, adapterKey: key, rows, cost, arrivedMs: now, asideMs: 0, ended: false },
      deadlineMs: request.deadlineMs === undefined ? Infinity : now + request.deadlineMs,
      boundMs: request.firstTokenMs ?? this.#options.firstTokenMs,
      predictedMs: this.#predict({ payer, cost, rows, adapters }),
      letGo() {
        signal?.removeEventListener('abort', cancel)
        for (const end of holds) end()
      },
    }
    return ticket
  }

  #predict(request: Pick<Ticket, 'payer' | 'cost' | 'rows' | 'adapters'>): number {
    const waiting = fairlyAhead(this.#queue.items(), request, (payer) => this.#queue.counter(payer)).map((ticket) => this.#workOf(ticket))
    const makesWay = this.#sequences.size >= this.#options.slots ? this.#whoPauses(this.#queue.counter(request.payer)) : null
    const running = [...this.#sequences, ...this.#sequences.paused].filter((active) => active !== makesWay).map((active) => this.#workOf(active.ticket, active))
    return this.#admission.predict({ running, waiting, ownRows: request.rows, cold: !this.#atHand(request) })
  }

  #workOf({ job, rows }: Ticket, active?: Active): Work {
    const generated = active?.generated ?? 0
    return { promptRows: active ? promptLeft(active) : rows, answerTokens: this.#admission.expectedAnswer(job.maxAnswer, job.answerFixed, generated) - generated }
  }

  /** Refuses what would wait too long. When the queue is full, the payer with most in it has to give way. */
  #check({ job, payer, predictedMs, boundMs }: Ticket): void {
    if (boundMs !== undefined && job.maxAnswer > 0) this.#admission.check(predictedMs, boundMs)
    if (this.#queue.size < this.#options.maxWaiting) return
    const last = this.#queue.lastOfLongest
    const full = overloaded(`${this.#queue.size} requests are waiting already`, predictedMs)
    if (!last || this.#queue.waitingOf(last.payer) <= this.#queue.waitingOf(payer) + 1) throw full
    this.#end(last, 'refused', full)
  }

  #wake(): void {
    if (this.#running || this.#closed) return
    this.#running = true
    this.#callOffTimer?.()
    this.#callOffTimer = null
    this.#parts.runtime.soon(() => this.#turn())
  }

  #turn(): void {
    if (this.#closed) return
    const now = this.#parts.runtime.now()
    for (const ticket of this.#cancelled) this.#end(ticket, 'cancelled', cancelled())
    this.#cancelled.clear()
    if (now >= this.#nextDeadline) this.#endExpired(now)
    this.#admit()
    this.#prefetch()
    this.#sequences.resume(({ ticket }, tokens) => this.#queue.charge(ticket, { prompt: -tokens }))
    if (this.#sequences.size === 0) {
      this.#running = false
      // Nothing to compute: the next turn comes with a request, an adapter, a cancellation or a deadline.
      if (this.#nextDeadline < Infinity) this.#callOffTimer = this.#parts.runtime.after(Math.max(1, this.#nextDeadline - now), () => this.#wake())
      return
    }
    this.#step()
    this.#parts.runtime.soon(() => this.#turn())
  }

  #endExpired(now: number): void {
    this.#nextDeadline = Infinity
    for (const ticket of [...this.#queue.items(), ...this.#activeOf.keys()]) {
      if (ticket.deadlineMs <= now) this.#end(ticket, 'deadlineExceeded', deadlineExceeded(now - ticket.arrivedMs))
      else this.#nextDeadline = Math.min(this.#nextDeadline, ticket.deadlineMs)
    }
  }

  #atHand({ adapters }: Pick<Ticket, 'adapters'>): boolean {
    return adapters.every(({ adapterId }) => this.#parts.pool.inWindow(adapterId))
  }

  #admit(): void {
    const { slots } = this.#options
    const now = this.#parts.runtime.now()
    if (this.#sequences.size >= slots ? !this.#whoPauses(this.#queue.leastCounter) : this.#queue.size + this.#sequences.paused.size === 0) return
    this.#yield(now)
    const standings = new Map<string, Standing>()
    const standingOf = (ticket: Ticket): Standing => {
      const known = standings.get(ticket.adapterKey)
      if (known) return known
      const standing = this.#missing.has(ticket.adapterKey) || this.#yielding?.keys.has(ticket.adapterKey) ? 'aside' : this.#atHand(ticket) ? 'resident' : 'ready'
      standings.set(ticket.adapterKey, standing)
      return standing
    }
    for (let misses = 0; misses < mostMisses; ) {
      const ticket = this.#queue.size > 0 ? this.#queue.pick(now, standingOf) : null
      const counter = ticket ? this.#queue.counter(ticket.payer) : Infinity
      if (this.#sequences.size < slots) {
        const paused = chooseGoOn(this.#sequences.paused, counter, now, this.#pauses)
        if (paused && this.#sequences.goOn(paused, now)) continue
      }
      if (!ticket || !this.#makeWay(counter, now)) return
      if (!this.#start(ticket, now)) misses += 1
      // What was lent or placed may have changed who is at hand.
      standings.clear()
    }
    // None of those that wait could start: no slot stays empty for them.
    for (const paused of this.#sequences.paused) if (this.#sequences.size >= slots || !this.#sequences.goOn(paused, now)) return
  }

  /** Whose answer makes way for a payer with this counter. */
  #whoPauses(counter: number): Active | null {
    return choosePause([...this.#sequences].filter((active) => this.#sequences.canPause(active)), counter, this.#pauses)
  }

  /** @returns whether there is a slot for a request of a payer with this counter: a free one, or that of an answer that pauses from now on */
  #makeWay(counter: number, now: number): boolean {
    if (this.#sequences.size < this.#options.slots) return true
    const active = this.#whoPauses(counter)
    if (!active) return false
    this.#sequences.pause(active, now)
    this.#counters.pause()
    return true
  }

  /**
   * When a request has long waited for room among adapters that are always in use, the one with the fewest sequences gets no new ones
   * until the request has its place; one after the other if that is not enough.
   */
  #yield(now: number): void {
    if (this.#yielding && (this.#yielding.to.ended || this.#activeOf.has(this.#yielding.to))) this.#yielding = null
    if (!this.#parts.pool.lacksRoom) return
    let to = this.#yielding?.to
    if (!to) for (const ticket of this.#queue.items()) if (ticket.asideMs > 0 && now - ticket.asideMs > this.#options.fairness.ageMs && (!to || ticket.asideMs < to.asideMs)) to = ticket
    if (!to) return
    const inUse = new Map<string, number>()
    for (const { ticket } of this.#sequences) if (ticket.adapters.length > 0) inUse.set(ticket.adapterKey, (inUse.get(ticket.adapterKey) ?? 0) + 1)
    const keys = this.#yielding?.keys ?? new Set<string>()
    if ([...keys].some((key) => inUse.has(key))) return
    const [fewest] = [...inUse].filter(([key]) => key !== to.adapterKey).sort(([, a], [, b]) => a - b)
    if (fewest) this.#yielding = { to, keys: keys.add(fewest[0]) }
  }

  /** @returns false when its adapters are missing, or have failed */
  #start(ticket: Ticket, now: number): boolean {
    const leased = this.#lease(ticket)
    if (!leased) return false
    this.#queue.serve(ticket, now)
    this.#queueChanged = true
    const active = this.#sequences.start(ticket, leased)!
    this.#activeOf.set(ticket, active)
    if (ticket.asideMs > 0) this.#admission.observeLoad(now - ticket.asideMs)
    this.#queue.charge(ticket, { prompt: promptLeft(active) })
    this.#counters.start(ticket.job.prompt.length)
    return true
  }

  #lease(ticket: Ticket): ReturnType<typeof leaseAdapters> {
    const { pool, runtime } = this.#parts
    try {
      for (const { adapterId } of ticket.adapters) {
        const failure = pool.failure(adapterId)
        if (failure) throw failure
      }
      const leased = leaseAdapters(pool, ticket.adapters)
      if (leased) return leased
    } catch (error) {
      this.#end(ticket, 'failed', asError(error))
      return null
    }
    ticket.asideMs ||= runtime.now()
    this.#missing.add(ticket.adapterKey)
    return null
  }

  #prefetch(): void {
    if (!this.#queueChanged) return
    this.#queueChanged = false
    const wanted = new Set<Hex>()
    for (const { adapterId } of this.#yielding?.to.adapters ?? []) wanted.add(adapterId)
    for (const { adapters } of fairOrder(this.#queue.items(), (payer) => this.#queue.counter(payer))) {
      for (const { adapterId } of adapters) wanted.add(adapterId)
      if (wanted.size >= mostPrefetched) break
    }
    this.#parts.pool.prefetch([...wanted])
  }

  #step(): void {
    const { pass, runtime } = this.#parts
    const { entries, steps, rows } = this.#sequences.plan()
    const started = runtime.now()
    this.#stepping = true
    try {
      const results = pass.run(steps)
      const now = runtime.now()
      this.#counters.step(rows)
      entries.forEach((active, index) => {
        const { tokens } = steps[index]!
        const wasPrompt = promptLeft(active) > 0
        active.slot.tokens.push(...tokens)
        this.#accept(active, results[index]!, wasPrompt ? tokens.length : 0, now)
      })
      this.#admission.times.observe(rows.decode, rows.prompt, runtime.now() - started)
    } catch (cause) {
      for (const { ticket } of entries) this.#end(ticket, 'failed', asError(cause), false)
    } finally {
      this.#stepping = false
    }
  }

  #accept(active: Active, rows: readonly Float32Array[], promptRows: number, now: number): void {
    const { ticket } = active
    let taken: ReturnType<Job['accept']>
    try {
      taken = ticket.job.accept(rows)
    } catch (error) {
      this.#end(ticket, 'failed', asError(error))
      return
    }
    this.#counters.serve(ticket.payer, promptRows + taken.generated)
    if (taken.generated > 0) this.#book(active, taken.generated, now)
    if (!taken.done) return
    if (ticket.job.maxAnswer > 0) this.#admission.observeAnswer(active.generated, ticket.job.maxAnswer)
    this.#end(ticket, 'finished', null)
  }

  #book(active: Active, tokens: number, now: number): void {
    const { ticket } = active
    this.#queue.charge(ticket, { answer: tokens })
    this.#counters.generated(tokens)
    if (active.generated > 0) this.#counters.nextToken(now - active.lastTokenMs)
    else {
      this.#counters.firstToken(now - ticket.arrivedMs, ticket.boundMs)
      this.#admission.observeFirstToken(ticket.predictedMs, now - ticket.arrivedMs)
    }
    active.generated += tokens
    active.lastTokenMs = now
  }

  /** Ends a request wherever it is, and frees all that it holds. @param certain whether the positions of its slot are known to be right */
  #end(ticket: Ticket, how: RequestEnd, error: Error | null, certain = true): void {
    if (ticket.ended) return
    ticket.ended = true
    ticket.letGo()
    const active = this.#activeOf.get(ticket)
    if (active) {
      this.#activeOf.delete(ticket)
      this.#sequences.end(active, certain)
      active.release()
      // There may be room for another adapter now.
      if (active.uses.length > 0) this.#missing.clear()
    } else this.#queue.remove(ticket)
    this.#queueChanged = true
    this.#counters.end(how)
    if (error) ticket.job.abandon(error)
    else ticket.job.finish()
  }
}

function asError(cause: unknown): Error {
  if (cause instanceof OpenLedgerError) return cause
  return new UnavailableError('STEP_FAILED', 'a step could not be computed', { cause, action: 'stop' })
}
