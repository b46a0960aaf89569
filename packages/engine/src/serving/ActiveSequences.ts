import type { SequenceStep } from '../forward/StepPlan.ts'
import type { ParkedSlot, PrefixCache } from './prefix/PrefixCache.ts'
import { sharedLength } from './prefix/sharedLength.ts'
import { shareRows } from './step/shareRows.ts'
import type { Active, Ticket } from './Ticket.ts'

/** Waiting for another sequence's prompt is not worth it below this many positions. */
const shortestWait = 16

export type PlannedStep = {
  entries: Active[]
  steps: SequenceStep[]
  rows: { prompt: number; decode: number }
}

export type StepBudget = {
  /** Most rows of a step. */
  maxRows: number
  /** Most prompt rows of a step while answers are in progress. */
  promptRows: number
  /** Most bytes of answers that pause; 0 lets none pause. */
  pausedBytes: number
}

/** The sequences that hold slots, and what each of them feeds into the next step. */
export class ActiveSequences {
  readonly #prefixes: PrefixCache
  readonly #budget: StepBudget
  readonly #all = new Set<Active>()
  /** Those without a slot, in the order in which they began to pause. */
  readonly #paused = new Set<Active>()

  constructor(prefixes: PrefixCache, budget: StepBudget) {
    this.#prefixes = prefixes
    this.#budget = budget
  }

  /** Sequences that hold a slot. */
  get size(): number {
    return this.#all.size
  }

  get paused(): ReadonlySet<Active> {
    return this.#paused
  }

  /** Those that hold a slot. */
  [Symbol.iterator](): IterableIterator<Active> {
    return this.#all.values()
  }

  /** Gives a request a slot and what is already computed of its prompt. @returns null when all slots are taken */
  start(ticket: Ticket, leased: Pick<Active, 'uses' | 'release'>): Active | null {
    const { job, adapterKey } = ticket
    const slot = this.#prefixes.take(adapterKey, job.prompt, job.reusable)
    if (!slot) return null
    const active: Active = { ...leased, ticket, slot, waitsFor: null, generated: 0, lastTokenMs: 0, pausedMs: 0, pausedSince: null }
    active.waitsFor = this.#forerunner(active)
    this.#all.add(active)
    return active
  }

  /** Takes a sequence out. What it computed stays to be reused, unless a step with it failed. */
  end(active: Active, certain: boolean): boolean {
    if (this.#paused.delete(active)) return true
    if (!this.#all.delete(active)) return false
    this.#prefixes.release(active.slot, certain)
    return true
  }

  /** Whether an answer can give up its slot for a while: its prompt is read, and there is memory for what it has computed. */
  canPause(active: Active): boolean {
    if (active.generated === 0 || promptLeft(active) > 0) return false
    let tokens = active.slot.tokens.length
    for (const { slot } of this.#paused) tokens += slot.tokens.length
    return tokens * this.#prefixes.positionBytes <= this.#budget.pausedBytes
  }

  /** Takes an answer's slot; it goes on where it was when it gets one again. */
  pause(active: Active, nowMs: number): void {
    this.#all.delete(active)
    active.slot = this.#prefixes.park(active.slot)
    active.pausedSince = nowMs
    this.#paused.add(active)
  }

  /** Gives an answer that pauses a slot. @returns false when all are taken */
  goOn(active: Active, nowMs: number): boolean {
    const slot = this.#prefixes.unpark(active.slot as ParkedSlot)
    if (!slot) return false
    this.#paused.delete(active)
    active.pausedMs += nowMs - active.pausedSince!
    active.pausedSince = null
    active.slot = slot
    this.#all.add(active)
    return true
  }

  /**
   * Lets those go on whose forerunner is done.
   * @param onGain told how many prompt tokens a sequence did not have to compute
   */
  resume(onGain: (active: Active, tokens: number) => void): void {
    for (const active of this.#all) {
      if (!active.waitsFor) continue
      const { active: first, positions } = active.waitsFor
      if (this.#all.has(first) && first.slot.tokens.length < positions) continue
      active.waitsFor = null
      const gained = this.#prefixes.extend(active.slot, active.ticket.job.prompt, active.ticket.job.reusable)
      if (gained > 0) onGain(active, gained)
    }
  }

  /** The next step: one row of every answer in progress, and prompts within the budget, shared out fairly. */
  plan(): PlannedStep {
    const prompts: Active[] = []
    const decoding: Active[] = []
    for (const active of this.#all) if (!active.waitsFor) (promptLeft(active) > 0 ? prompts : decoding).push(active)
    const { maxRows, promptRows } = this.#budget
    const budget = decoding.length > 0 ? Math.min(promptRows, maxRows - decoding.length) : maxRows
    const shares = shareRows(prompts.map((active) => ({ payer: active.ticket.payer, rows: promptLeft(active), first: active.ticket.goesOn })), budget)
    const planned: PlannedStep = { entries: [], steps: [], rows: { prompt: 0, decode: decoding.length } }
    const add = (active: Active, limit: number): void => {
      const step = active.ticket.job.next(active.slot.tokens.length, limit)
      planned.entries.push(active)
      planned.steps.push({ ...step, slot: active.slot.index, adapters: active.uses, past: active.slot.tokens.length })
    }
    for (const active of decoding) add(active, 1)
    prompts.forEach((active, index) => {
      if (shares[index]! === 0) return
      add(active, shares[index]!)
      planned.rows.prompt += planned.steps.at(-1)!.tokens.length
    })
    return planned
  }

  /**
   * A sequence that is just ahead in computing the same prompt, when waiting for it is sooner than computing it a second time:
   * it has no more left of the common part than this one would have.
   */
  #forerunner({ ticket, slot }: Active): Active['waitsFor'] {
    const { job, adapterKey } = ticket
    let best: Active['waitsFor'] = null
    for (const other of this.#all) {
      if (other.waitsFor || other.ticket.adapterKey !== adapterKey || promptLeft(other) === 0) continue
      const positions = sharedLength(other.ticket.job.prompt, job.prompt, job.reusable)
      const [left, own] = [positions - other.slot.tokens.length, positions - slot.tokens.length]
      if (own >= shortestWait && left <= own && positions > (best?.positions ?? 0)) best = { active: other, positions }
    }
    return best
  }
}

/** Prompt tokens of a sequence that are not computed yet. */
export function promptLeft({ ticket, slot }: Active): number {
  return Math.max(0, ticket.job.prompt.length - slot.tokens.length)
}
