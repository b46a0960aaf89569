import type { RequestPriority } from '../requests.ts'
import { chooseFair, type Candidate, type FairBounds } from './chooseFair.ts'
import { answerWeight, FairShare, promptWeight } from './FairShare.ts'

/** What the queue knows of a request. */
export type Waiting = {
  readonly payer: string
  /** Its adapters, as one key; empty for the bare base. */
  readonly adapterKey: string
  readonly priority: RequestPriority
  readonly arrivedMs: number
  /** It was begun elsewhere and somebody reads it already: it is served before all that has not begun. Its payer is charged as ever. Default no. */
  readonly goesOn?: boolean
}

/** Whether a request could run now: `resident` when its adapters are in use anyway, `aside` while one of them is not there. */
export type Standing = 'resident' | 'ready' | 'aside'

export type QueueOptions = FairBounds & {
  /** Virtual tokens of its share that a payer can leave unused and have later. */
  credit: number
  /** A request of the next lower priority goes first when it came this much earlier: none waits for ever. */
  priorityMs: number
}

type Payer<T> = { items: T[]; adapters: FairShare; servedMs: number; adapterServedMs: Map<string, number> }
type Choice<T> = Candidate & { item: T }

/** Payers, and adapters of a payer, that are remembered while nothing of theirs waits. */
const mostPayers = 4096
const mostAdapters = 1024
const ranks: Record<RequestPriority, number> = { high: 0, normal: 1, low: 2 }

/**
 * Requests that wait for a slot, shared out by served tokens over payers, inside a payer by priority with aging, inside a priority
 * over adapters, and in the order of arrival inside an adapter. See `chooseFair` for the bounds. One that cannot run yet stands
 * aside: it keeps its place and holds up nobody.
 */
export class WaitingQueue<T extends Waiting> {
  readonly #options: QueueOptions
  readonly #shares: FairShare
  readonly #payers = new Map<string, Payer<T>>()
  #size = 0
  #goingOn = 0

  constructor(options: QueueOptions) {
    this.#options = options
    this.#shares = new FairShare(options.credit)
  }

  get size(): number {
    return this.#size
  }

  add(item: T): void {
    const payer: Payer<T> = this.#payers.get(item.payer) ?? { items: [], adapters: new FairShare(0), servedMs: -Infinity, adapterServedMs: new Map() }
    if (this.#payers.size > mostPayers) this.#forget()
    this.#payers.set(item.payer, payer)
    payer.items.push(item)
    this.#shares.join(item.payer)
    payer.adapters.join(item.adapterKey)
    this.#size += 1
    if (item.goesOn) this.#goingOn += 1
  }

  /** Takes a request out without serving it. @returns whether it was there */
  remove(item: T): boolean {
    const payer = this.#payers.get(item.payer)
    const index = payer?.items.indexOf(item) ?? -1
    if (!payer || index < 0) return false
    payer.items.splice(index, 1)
    this.#shares.leave(item.payer)
    payer.adapters.leave(item.adapterKey)
    this.#size -= 1
    if (item.goesOn) this.#goingOn -= 1
    return true
  }

  /** Takes a request out because it is being served from now on. */
  serve(item: T, nowMs: number): void {
    if (!this.remove(item)) return
    const payer = this.#payers.get(item.payer)!
    payer.servedMs = nowMs
    payer.adapterServedMs.set(item.adapterKey, nowMs)
    if (payer.adapterServedMs.size > mostAdapters) payer.adapterServedMs.clear()
  }

  /** Books what a request was given: prompt tokens that were computed for it, and tokens it generated. */
  charge(item: Waiting, tokens: { prompt?: number; answer?: number }): void {
    const virtual = promptWeight * (tokens.prompt ?? 0) + answerWeight * (tokens.answer ?? 0)
    this.#shares.charge(item.payer, virtual)
    this.#payers.get(item.payer)?.adapters.charge(item.adapterKey, virtual)
  }

  /** The counter that a payer has, or would have if a request of it came now. */
  counter(payer: string): number {
    return this.#shares.lifted(payer)
  }

  /** The smallest counter of a payer that waits; Infinity when none does. */
  get leastCounter(): number {
    return this.#shares.least
  }

  /** The request to serve next, which stays in the queue; null when all stand aside. */
  pick(nowMs: number, standingOf: (item: T) => Standing): T | null {
    const goesOn = this.#goingOn > 0 ? this.#firstGoingOn(standingOf) : null
    if (goesOn) return goesOn
    const choices: Choice<T>[] = []
    for (const [name, payer] of this.#payers) {
      const choice = this.#inside(payer, nowMs, standingOf)
      if (choice) choices.push({ ...choice, counter: this.#shares.counter(name), waitMs: nowMs - Math.max(choice.item.arrivedMs, payer.servedMs) })
    }
    return chooseFair(choices, this.#options)?.item ?? null
  }

  /** How many requests of a payer wait. */
  waitingOf(payer: string): number {
    return this.#payers.get(payer)?.items.length ?? 0
  }

  /** The latest request of the payer that has most waiting. */
  get lastOfLongest(): T | undefined {
    let most: T[] = []
    for (const { items } of this.#payers.values()) if (items.length > most.length) most = items
    return most.at(-1)
  }

  /** All requests, payer by payer, each payer's in the order of arrival. */
  *items(): Generator<T> {
    for (const { items } of this.#payers.values()) yield* items
  }

  #firstGoingOn(standingOf: (item: T) => Standing): T | null {
    let first: T | null = null
    for (const item of this.items()) if (item.goesOn && (!first || item.arrivedMs < first.arrivedMs) && standingOf(item) !== 'aside') first = item
    return first
  }

  #forget(): void {
    for (const [name, { items }] of this.#payers) if (items.length === 0) this.#payers.delete(name)
  }

  /** The request of one payer that is next. */
  #inside(payer: Payer<T>, nowMs: number, standingOf: (item: T) => Standing): Choice<T> | null {
    let rank = -1
    let soonest = Infinity
    for (const item of payer.items) {
      const due = item.arrivedMs + ranks[item.priority] * this.#options.priorityMs
      if (due >= soonest || standingOf(item) === 'aside') continue
      soonest = due
      rank = ranks[item.priority]
    }
    const heads = new Map<string, Choice<T>>()
    for (const item of payer.items) {
      const key = item.adapterKey
      if (ranks[item.priority] !== rank || heads.has(key)) continue
      const standing = standingOf(item)
      if (standing === 'aside') continue
      const waitMs = nowMs - Math.max(item.arrivedMs, payer.adapterServedMs.get(key) ?? -Infinity)
      heads.set(key, { item, resident: standing === 'resident', order: item.arrivedMs, rank, waitMs, counter: payer.adapters.counter(key) })
    }
    return chooseFair([...heads.values()], this.#options)
  }
}
