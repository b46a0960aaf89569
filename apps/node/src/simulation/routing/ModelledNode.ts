import type { EventQueue } from '../time/EventQueue.ts'

/** How a node computes: all times in milliseconds. */
export type NodeModel = {
  /** Answers computed at once. */
  slots: number
  /** Adapters that it can hold. */
  places: number
  /** From the beginning of an answer to its first token, its adapter being there. */
  firstTokenMs: number
  tokenMs: number
  /** To fetch and load an adapter; one after the other. */
  loadMs: number
}

export type SimulatedOrder = { adapter: number; tokens: number; onFirst: () => void; onEnd: () => void }

/** A node in virtual time: a queue before its slots, one loader, and places for adapters of which the one used longest ago makes room. */
export class ModelledNode {
  readonly model: NodeModel
  loads = 0
  readonly #events: EventQueue
  readonly #waiting: SimulatedOrder[] = []
  /** Adapters that are there, the one used last at the end, with how many answers use each. */
  readonly #held = new Map<number, number>()
  readonly #loading = new Map<number, (() => void)[]>()
  #busy = 0
  #loaderFreeAt = 0

  constructor(model: NodeModel, events: EventQueue) {
    this.model = model
    this.#events = events
  }

  /** The adapters that are there now. */
  get held(): ReadonlySet<number> {
    return new Set(this.#held.keys())
  }

  give(order: SimulatedOrder): void {
    this.#withAdapter(order.adapter, () => {
      this.#use(order.adapter, 1)
      this.#waiting.push(order)
      this.#next()
    })
  }

  #next(): void {
    if (this.#busy >= this.model.slots) return
    const order = this.#waiting.shift()
    if (!order) return
    this.#busy += 1
    this.#answer(order)
  }

  #answer({ adapter, tokens, onFirst, onEnd }: SimulatedOrder): void {
    const { firstTokenMs, tokenMs } = this.model
    this.#events.after(firstTokenMs, onFirst)
    this.#events.after(firstTokenMs + tokenMs * (tokens - 1), () => {
      this.#use(adapter, -1)
      this.#busy -= 1
      onEnd()
      this.#next()
    })
  }

  #use(adapter: number, change: number): void {
    const uses = (this.#held.get(adapter) ?? 0) + change
    this.#held.delete(adapter)
    this.#held.set(adapter, uses)
  }

  #withAdapter(adapter: number, then: () => void): void {
    if (this.#held.has(adapter)) return then()
    const others = this.#loading.get(adapter)
    if (others) return void others.push(then)
    this.#loading.set(adapter, [then])
    this.loads += 1
    const { now } = this.#events
    this.#loaderFreeAt = Math.max(now, this.#loaderFreeAt) + this.model.loadMs
    this.#events.after(this.#loaderFreeAt - now, () => {
      this.#held.set(adapter, 0)
      const waiting = this.#loading.get(adapter) ?? []
      this.#loading.delete(adapter)
      for (const begin of waiting) begin()
      for (const [other, uses] of this.#held) {
        if (this.#held.size <= this.model.places) break
        if (uses === 0) this.#held.delete(other)
      }
    })
  }
}
