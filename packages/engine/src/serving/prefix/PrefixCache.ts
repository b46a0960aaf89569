import { fail } from '@openledger/protocol'
import { sharedLength } from './sharedLength.ts'

/** What the prefix cache needs of the attention cache. */
export type SlotStore = {
  readonly slots: number
  take(): number | undefined
  release(slot: number): void
  /** Copies the first `positions` positions of every layer from one slot to another. */
  copy(from: number, to: number, positions: number): void
  /** Bytes that one position takes in all layers. */
  readonly positionBytes: number
  /** A copy of the first `positions` positions of every layer, outside of the cache. */
  save(slot: number, positions: number): Uint8Array
  /** Writes such a copy into the first positions of a slot. */
  restore(slot: number, content: Uint8Array): void
}

/** A slot on loan: `tokens` says what it already contains, and is appended to by whoever computes more. */
export type TakenSlot = { readonly index: number; readonly tokens: number[] }

/** What a sequence has computed, while it holds no slot. */
export type ParkedSlot = TakenSlot & { readonly key: string; readonly content: Uint8Array }

type Slot = {
  readonly index: number
  /** Adapters with their weights: keys and values depend on them as they do on tokens. */
  key: string
  tokens: number[]
  taken: boolean
  lastUse: number
}
type Found = { slot: Slot; length: number }

/** Copying fewer positions than this costs more than computing them. */
const shortestCopy = 16

/**
 * Slots of the attention cache together with what they contain. A sequence that ends leaves its positions behind; a later one with
 * the same adapters that begins with the same tokens takes over the slot, or a copy of its first positions, also from a sequence
 * that still runs: what is computed never changes. Copies are made at once, so a slot has one holder or none.
 * Sequences run in the first slots, side by side, because attention over neighbouring slots is one operation; what would be overwritten
 * there moves to the other slots, where the least recently used prefix gives way.
 */
export class PrefixCache {
  readonly #store: SlotStore
  readonly #serving: Slot[]
  readonly #kept: Slot[]
  #clock = 0
  #hits = 0
  #reused = 0

  /** Takes all slots of the store and gives them back when it is disposed. @param serving how many sequences can run at once */
  constructor(store: SlotStore, serving: number) {
    this.#store = store
    const slots: Slot[] = []
    for (let index = store.take(); index !== undefined; index = store.take()) slots.push({ index, key: '', tokens: [], taken: false, lastUse: 0 })
    this.#serving = slots.slice(0, serving)
    this.#kept = slots.slice(serving)
  }

  /** Bytes that one position takes. */
  get positionBytes(): number {
    return this.#store.positionBytes
  }

  /** Slots on loan. */
  get taken(): number {
    return this.#serving.filter(({ taken }) => taken).length
  }

  /** Sequences that found a prefix, and positions that were not computed again. */
  get stats(): { hits: number; tokens: number } {
    return { hits: this.#hits, tokens: this.#reused }
  }

  /** How many leading tokens a sequence would find computed, at most `limit`. */
  lookUp(key: string, tokens: readonly number[], limit: number): number {
    return this.#best(key, tokens, limit)?.length ?? 0
  }

  /** Takes a slot for a sequence, with the longest prefix (at most `limit` tokens) that is at hand; null when all are taken. */
  take(key: string, tokens: readonly number[], limit: number): TakenSlot | null {
    const slot = this.#take(key, tokens, limit)
    if (slot && slot.tokens.length > 0) this.#count(1, slot.tokens.length)
    return slot
  }

  /**
   * Looks again for a slot on loan, when another sequence has meanwhile computed more of the same tokens.
   * @returns positions that were gained
   */
  extend(taken: TakenSlot, tokens: readonly number[], limit: number): number {
    const slot = this.#own(taken)
    const had = slot.tokens.length
    const found = this.#best(slot.key, tokens, limit)
    if (!found || found.slot === slot || found.length <= had) return 0
    this.#store.copy(found.slot.index, slot.index, found.length)
    slot.tokens.push(...tokens.slice(had, found.length))
    this.#count(had === 0 ? 1 : 0, found.length - had)
    return found.length - had
  }

  /** Gives a slot back; what it contains stays to be found, unless `keep` is false because it is not certain. */
  release(taken: TakenSlot, keep: boolean): void {
    const slot = this.#own(taken)
    slot.taken = false
    slot.lastUse = ++this.#clock
    if (!keep) slot.tokens = []
  }

  /** Gives a slot back and keeps all of its content outside of the cache, for `unpark`. */
  park(taken: TakenSlot): ParkedSlot {
    const { key, tokens, index } = this.#own(taken)
    const parked = { index: -1, key, tokens: tokens.slice(), content: this.#store.save(index, tokens.length) }
    this.release(taken, true)
    return parked
  }

  /** Takes a slot for what was parked, with all of its content; null when all are taken. */
  unpark({ key, tokens, content }: ParkedSlot): TakenSlot | null {
    // What still lies where it was need not be written; it counts as no prefix that was found.
    const slot = this.#take(key, tokens, tokens.length)
    if (!slot) return null
    if (slot.tokens.length < tokens.length) {
      this.#store.restore(slot.index, content)
      slot.tokens.push(...tokens.slice(slot.tokens.length))
    }
    return slot
  }

  dispose(): void {
    for (const slot of [...this.#serving.splice(0), ...this.#kept.splice(0)]) this.#store.release(slot.index)
  }

  #take(key: string, tokens: readonly number[], limit: number): Slot | null {
    const found = this.#best(key, tokens, limit)
    const source = found?.slot
    const own = source && !source.taken && this.#serving.includes(source) ? source : undefined
    const whole = own && found!.length === own.tokens.length
    const slot = whole ? own : (leastUsed(this.#serving, own) ?? own)
    if (!slot) return null
    const length = found?.length ?? 0
    if (!whole) this.#save(slot, slot === source ? length : 0, source)
    if (source && source !== slot) {
      this.#store.copy(source.index, slot.index, length)
      source.lastUse = ++this.#clock
    }
    slot.key = key
    slot.tokens = tokens.slice(0, length)
    slot.taken = true
    slot.lastUse = ++this.#clock
    return slot
  }

  #own(taken: TakenSlot): Slot {
    const slot = this.#serving.find((candidate) => candidate === taken)
    if (!slot?.taken) fail('KV_SLOT', `slot ${taken.index} is not on loan`, { action: 'stop' })
    return slot
  }

  #count(hits: number, positions: number): void {
    this.#hits += hits
    this.#reused += positions
  }

  #best(key: string, tokens: readonly number[], limit: number): Found | null {
    let best: Found | null = null
    for (const slot of [...this.#serving, ...this.#kept]) {
      if (slot.key !== key || slot.tokens.length <= (best?.length ?? shortestCopy - 1)) continue
      const length = sharedLength(slot.tokens, tokens, limit)
      if (length >= shortestCopy && length > (best?.length ?? 0)) best = { slot, length }
    }
    return best
  }

  /** Copies what is about to be overwritten after its first `stays` positions, unless another slot has it anyway. */
  #save({ index, key, tokens }: Slot, stays: number, source: Slot | undefined): void {
    if (tokens.length - stays < shortestCopy) return
    const elsewhere = [...this.#serving, ...this.#kept].some((slot) => slot.index !== index && slot.key === key && sharedLength(slot.tokens, tokens) === tokens.length)
    const target = elsewhere ? undefined : leastUsed(this.#kept, source)
    if (!target) return
    this.#store.copy(index, target.index, tokens.length)
    Object.assign(target, { key, tokens: tokens.slice(), lastUse: ++this.#clock })
  }
}

/** The free slot that nobody misses: an empty one, or the one that was not used for longest. */
function leastUsed(slots: readonly Slot[], except: Slot | undefined): Slot | undefined {
  const age = ({ tokens, lastUse }: Slot): number => (tokens.length === 0 ? -1 : lastUse)
  let least: Slot | undefined
  for (const slot of slots) if (!slot.taken && slot !== except && (!least || age(slot) < age(least))) least = slot
  return least
}
