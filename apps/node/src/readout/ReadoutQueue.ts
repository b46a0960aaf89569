import { UnavailableError, type Hex } from '@openledger/protocol'
import type { Clock } from '../config/Clock.ts'
import { errorFields, type Log } from '../config/Log.ts'

/** An answer that waits for its attribution. */
export type ReadoutJob = {
  receiptId: Hex
  /** Unix seconds until which it must be there. */
  deadline: number
}

/** A place in the queue, taken before an answer begins. Exactly one of its two ends is called. */
export type ReadoutPlace = { take(job: ReadoutJob): void; release(): void }

export type ReadoutQueueOptions = {
  /** Attributes one answer and records it. Throws when that did not work; it is tried again then. */
  attribute: (receiptId: Hex) => Promise<void>
  /** Records that an answer was not attributed in time. */
  forfeit: (receiptId: Hex, reason: string) => Promise<void>
  /** Gives up what an attempt was waiting for when its time ran out. */
  abandon: () => void
  /** Told after each end and each failed attempt. */
  onOutcome?: (outcome: 'complete' | 'retried' | 'failed', ms: number) => void
  clock: Clock
  log: Log
  /** Answers that can wait at once, those in progress included. */
  most: number
}

type Waiting = ReadoutJob & { attempts: number; notBefore: number; error: string | null }

const firstPauseMs = 1000
const longestPauseMs = 60_000

/**
 * Attributes answers one after the other, each until it worked or its deadline has passed. No answer waits for it; when too many attributions
 * wait, no further answer is begun.
 */
export class ReadoutQueue {
  readonly #options: ReadoutQueueOptions
  readonly #waiting = new Map<Hex, Waiting>()
  #reserved = 0
  #stop = new AbortController()
  #wake = new AbortController()
  #loop: Promise<void> | undefined

  constructor(options: ReadoutQueueOptions) {
    this.#options = options
  }

  /** Answers that wait for their attribution, the one that is measured included. */
  get size(): number {
    return this.#waiting.size
  }

  /**
   * Takes a place for an answer that is about to begin.
   * @throws UnavailableError ATTRIBUTION_BEHIND (503) when there is none
   */
  reserve(): ReadoutPlace {
    const { most } = this.#options
    if (this.#waiting.size + this.#reserved >= most) {
      throw new UnavailableError('ATTRIBUTION_BEHIND', `${this.#waiting.size} answers wait to be attributed, and ${this.#reserved} more are being given; ${most} can`, { status: 503, action: 'retry', fix: 'ask again in a few seconds' })
    }
    this.#reserved += 1
    let open = true
    const leave = (): boolean => {
      const was = open
      if (open) this.#reserved -= 1
      open = false
      return was
    }
    return {
      take: (job) => {
        if (leave()) this.add(job)
      },
      release: () => void leave(),
    }
  }

  /** Adds an answer; one that waits already is not added again. */
  add({ receiptId, deadline }: ReadoutJob): void {
    if (this.#waiting.has(receiptId)) return
    this.#waiting.set(receiptId, { receiptId, deadline, attempts: 0, notBefore: 0, error: null })
    this.#wake.abort()
  }

  /** Begins to work. */
  start(): void {
    this.#loop ??= this.#run()
  }

  /** Stops; what waits is left as it is. The caller ends what an attempt may be waiting for. */
  async close(): Promise<void> {
    this.#stop.abort()
    this.#wake.abort()
    await this.#loop
  }

  async #run(): Promise<void> {
    const { clock } = this.#options
    while (!this.#stop.signal.aborted) {
      this.#wake = new AbortController()
      const now = clock.now()
      const jobs = [...this.#waiting.values()]
      const overdue = jobs.find((job) => now > job.deadline * 1000)
      const next = overdue ?? jobs.find((job) => job.notBefore <= now)
      if (overdue) await this.#forfeit(overdue)
      else if (next) await this.#attempt(next)
      else await clock.sleep(Math.max(1, Math.min(...jobs.map((job) => Math.min(job.notBefore, job.deadline * 1000 + 1)), now + longestPauseMs) - now), AbortSignal.any([this.#wake.signal, this.#stop.signal]))
    }
  }

  async #attempt(job: Waiting): Promise<void> {
    const { attribute, abandon, clock, onOutcome, log } = this.#options
    const began = clock.now()
    const ended = new AbortController()
    const late = clock.sleep(job.deadline * 1000 + 1 - began, AbortSignal.any([ended.signal, this.#stop.signal])).then(() => 'late' as const)
    const work = attribute(job.receiptId).then(() => 'done' as const)
    try {
      const outcome = await Promise.race([work, late])
      if (outcome === 'late') {
        work.catch(() => undefined)
        if (this.#stop.signal.aborted) return
        abandon()
        job.error ??= 'it was still being measured at the deadline'
        return
      }
      this.#waiting.delete(job.receiptId)
      onOutcome?.('complete', clock.now() - began)
    } catch (error) {
      if (this.#stop.signal.aborted) return
      job.attempts += 1
      job.error = error instanceof Error ? error.message : String(error)
      job.notBefore = clock.now() + Math.min(longestPauseMs, firstPauseMs * 2 ** (job.attempts - 1))
      // What broke once may be broken for good: the next attempt begins with a fresh engine.
      abandon()
      log.warn('attribution.retried', { receipt: job.receiptId, attempts: job.attempts, ...errorFields(error) })
      onOutcome?.('retried', clock.now() - began)
    } finally {
      ended.abort()
    }
  }

  async #forfeit(job: Waiting): Promise<void> {
    const { forfeit, log, clock, onOutcome } = this.#options
    const reason = job.error ?? 'the node was away, or had too much to do'
    try {
      await forfeit(job.receiptId, reason)
      this.#waiting.delete(job.receiptId)
      onOutcome?.('failed', 0)
      log.error('attribution.failed', { receipt: job.receiptId, attempts: job.attempts, reason: reason.slice(0, 500) })
    } catch (error) {
      log.error('attribution.unrecorded', { receipt: job.receiptId, ...errorFields(error) })
      await clock.sleep(firstPauseMs, this.#stop.signal)
    }
  }
}
