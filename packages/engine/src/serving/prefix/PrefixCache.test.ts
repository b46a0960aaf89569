import { describe, expect, it } from 'vitest'
import { PrefixCache } from './PrefixCache.ts'

/** Slots that remember what was copied. */
function open(slots: number, serving = slots) {
  const free = Array.from({ length: slots }, (_, index) => slots - 1 - index)
  const restored: [slot: number, content: Uint8Array][] = []
  const copies: [from: number, to: number, positions: number][] = []
  const store = { slots, take: () => free.pop(), release: (slot: number) => void free.push(slot), copy: (...copy: [number, number, number]) => void copies.push(copy), positionBytes: 1, save: (slot: number, positions: number) => new Uint8Array(positions).fill(slot), restore: (slot: number, content: Uint8Array) => void restored.push([slot, content]) }
  return { cache: new PrefixCache(store, serving), copies, restored, free }
}
const tokens = (count: number, from = 0): number[] => Array.from({ length: count }, (_, index) => from + index)
/** Takes a slot and computes all of `sequence` in it. */
function compute(cache: PrefixCache, key: string, sequence: number[]) {
  const slot = cache.take(key, sequence, sequence.length - 1)!
  slot.tokens.push(...sequence.slice(slot.tokens.length))
  return slot
}

describe('PrefixCache', () => {
  it('takes over a slot whose whole content is the prefix, and copies a part of one', () => {
    const { cache, copies } = open(3)
    const first = compute(cache, 'k', tokens(40))
    cache.release(first, true)
    const turn = [...tokens(40), ...tokens(30, 500)]
    expect(cache.lookUp('k', turn, 69)).toBe(40)
    const second = cache.take('k', turn, 69)!
    expect([second.index, second.tokens.length, copies]).toEqual([first.index, 40, []])
    // A running sequence lends what it has computed, and only that.
    const branch = cache.take('k', [...tokens(35), 999, 998], 36)!
    expect([branch.index === second.index, branch.tokens, copies]).toEqual([false, tokens(35), [[second.index, branch.index, 35]]])
    expect(cache.stats).toEqual({ hits: 2, tokens: 75 })
    expect(cache.taken).toBe(2)
  })

  it('shares nothing across adapters, nothing short, nothing uncertain and never a whole prompt', () => {
    const { cache } = open(2)
    cache.release(compute(cache, 'a', tokens(40)), true)
    expect(cache.lookUp('b', tokens(40), 39)).toBe(0)
    expect(cache.lookUp('a', tokens(40), 39)).toBe(39)
    expect(cache.lookUp('a', [...tokens(15), 999, 998], 16)).toBe(0)
    expect(cache.lookUp('a', [...tokens(16), 999, 998], 17)).toBe(16)
    cache.release(cache.take('a', tokens(50), 49)!, false)
    expect(cache.lookUp('a', tokens(40), 39)).toBe(0)
  })

  it('overwrites what was used least recently, and saves it when there are slots for that', () => {
    const { cache, copies } = open(3, 2)
    for (const from of [0, 100]) cache.release(compute(cache, 'k', tokens(30, from)), true)
    compute(cache, 'k', tokens(30, 200))
    expect(copies).toEqual([[0, 2, 30]])
    expect([0, 100, 200].map((from) => cache.lookUp('k', tokens(31, from), 30))).toEqual([30, 30, 30])
    const back = cache.take('k', tokens(31), 30)!
    expect([back.index, back.tokens.length, copies.at(-1)]).toEqual([1, 30, [2, 1, 30]])
    expect(cache.take('k', tokens(5), 4)).toBeNull()
  })

  it('catches up with a sequence that is ahead', () => {
    const { cache, copies } = open(2)
    const [ahead, behind] = [cache.take('k', tokens(60), 59)!, cache.take('k', tokens(60), 59)!]
    expect(cache.extend(behind, tokens(60), 59)).toBe(0)
    ahead.tokens.push(...tokens(60))
    expect(cache.extend(behind, tokens(60), 59)).toBe(59)
    expect([behind.tokens, copies]).toEqual([tokens(59), [[ahead.index, behind.index, 59]]])
  })

  it('parks what a sequence has computed, and writes it back where it is gone', () => {
    const { cache, restored } = open(1)
    const slot = compute(cache, 'k', tokens(30))
    const parked = cache.park(slot)
    expect([parked.tokens, parked.content, cache.taken]).toEqual([tokens(30), new Uint8Array(30), 0])
    expect(() => cache.release(slot, true)).toThrow(expect.objectContaining({ code: 'KV_SLOT' }))
    // Nobody was there meanwhile.
    const same = cache.unpark(parked)!
    expect([same.tokens, restored]).toEqual([tokens(30), []])
    const again = cache.park(same)
    const other = compute(cache, 'k', tokens(40, 500))
    expect(cache.unpark(again)).toBeNull()
    cache.release(other, true)
    expect([cache.unpark(again)!.tokens, restored]).toEqual([tokens(30), [[0, again.content]]])
    expect(cache.stats).toEqual({ hits: 0, tokens: 0 })
  })

  it('gives all slots back, and refuses one that is not on loan', () => {
    const { cache, free } = open(2)
    const slot = compute(cache, 'k', tokens(20))
    cache.release(slot, true)
    expect(() => cache.release(slot, true)).toThrow(expect.objectContaining({ code: 'KV_SLOT' }))
    cache.dispose()
    expect(free).toHaveLength(2)
  })
})
