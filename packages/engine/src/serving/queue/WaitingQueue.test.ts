import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RequestPriority } from '../requests.ts'
import { answerWeight, FairShare, promptWeight } from './FairShare.ts'
import { fairlyAhead, fairOrder } from './fairOrder.ts'
import { WaitingQueue } from './WaitingQueue.ts'

type Item = { payer: string; adapterKey: string; priority: RequestPriority; arrivedMs: number; prompt: number; answer: number; goesOn?: boolean }
const item = (changes: Partial<Item> = {}): Item => ({ payer: 'a', adapterKey: '', priority: 'normal', arrivedMs: 0, prompt: 1, answer: 1, ...changes })
const options = { slack: 20, credit: 50, ageMs: 100, priorityMs: 1000 }

/**
 * Serves random requests on a few slots, one answer token per slot and tick of ten milliseconds; half of the adapters are preferred.
 * @param check called at every tick
 */
function play(requests: readonly Item[], slots: number, setting: typeof options, check: (queue: WaitingQueue<Item>, nowMs: number) => void): Map<Item, number> {
  const queue = new WaitingQueue<Item>(setting)
  const pending = [...requests].sort((a, b) => a.arrivedMs - b.arrivedMs)
  const running = new Map<Item, number>()
  const started = new Map<Item, number>()
  for (let nowMs = 0; pending.length > 0 || queue.size > 0 || running.size > 0; nowMs += 10) {
    while (pending[0] && pending[0].arrivedMs <= nowMs) queue.add(pending.shift()!)
    while (running.size < slots && queue.size > 0) {
      const next = queue.pick(nowMs, ({ adapterKey }) => (adapterKey < '2' ? 'resident' : 'ready'))!
      queue.serve(next, nowMs)
      queue.charge(next, { prompt: next.prompt })
      running.set(next, next.answer)
      started.set(next, nowMs)
    }
    check(queue, nowMs)
    for (const [one, left] of running) {
      queue.charge(one, { answer: 1 })
      if (left === 1) running.delete(one)
      else running.set(one, left - 1)
    }
  }
  return started
}

const mostPrompt = 20
const mostAnswer = 10
const requests = fc.array(
  fc.record({
    payer: fc.constantFrom('a', 'a', 'a', 'b', 'c', 'd'),
    adapterKey: fc.constantFrom('1', '2', '3'),
    priority: fc.constantFrom('high' as const, 'normal' as const, 'low' as const),
    arrivedMs: fc.nat(400),
    prompt: fc.integer({ min: 1, max: mostPrompt }),
    answer: fc.integer({ min: 1, max: mostAnswer }),
  }),
  { maxLength: 120 },
)

/** Fails when two payers that wait are further apart than they may be. */
function expectFair(all: readonly Item[], slots: number, ageMs: number): void {
  const bound = options.slack + options.credit + promptWeight * mostPrompt + answerWeight * slots * mostAnswer
  play(all, slots, { ...options, ageMs }, (queue) => {
    const counters = [...new Set([...queue.items()].map(({ payer }) => payer))].map((payer) => queue.counter(payer))
    if (counters.length > 1) expect(Math.max(...counters) - Math.min(...counters)).toBeLessThanOrEqual(bound)
  })
}

describe('WaitingQueue', () => {
  it('keeps payers that wait together: nobody is further ahead than slack, credit and what its requests in progress can add', () => {
    fc.assert(
      fc.property(requests, fc.integer({ min: 1, max: 3 }), fc.constantFrom(0, 100, 1e9), expectFair),
      // The urgent requests of one payer, whose adapter is at hand, against others that are neither.
      { examples: [[[...Array.from({ length: 60 }, (_, index) => item({ priority: 'high', adapterKey: '1', prompt: 10, answer: 10, arrivedMs: index })), ...['b', 'c'].map((payer) => item({ payer, priority: 'low', adapterKey: '3' }))], 1, 1e9]] },
    )
  })

  it('serves one payer however much the others ask for, within a bound that does not depend on how much', () => {
    const crowd = Array.from({ length: 300 }, (_, index) => item({ payer: 'b', adapterKey: '1', priority: 'high', prompt: 10, answer: 10, arrivedMs: index }))
    for (const priority of ['high', 'normal', 'low'] as const) {
      const one = item({ payer: 'a', adapterKey: '3', priority, arrivedMs: 500, prompt: 10, answer: 10 })
      // The others may be served until they are slack ahead; each of their requests takes 30 virtual tokens and 100 ms.
      expect(play([...crowd, one], 1, options, () => undefined).get(one)! - 500).toBeLessThanOrEqual(300)
    }
    const inOrder = item({ payer: 'b', adapterKey: '3', arrivedMs: 500, prompt: 10, answer: 10 })
    expect(play([...crowd, inOrder], 1, options, () => undefined).get(inOrder)! - 500).toBeGreaterThan(10_000)
  })

  it('does not pass over an adapter for longer than the age bound and one service', () => {
    // Adapter 1 is preferred, and its counter stays within a slack that lets it win for ever.
    const setting = { ...options, slack: 1e9 }
    const preferred = Array.from({ length: 200 }, (_, index) => item({ adapterKey: '1', arrivedMs: index, answer: 5 }))
    const other = item({ adapterKey: '3', arrivedMs: 100, answer: 5 })
    const waited = play([...preferred, other], 1, setting, () => undefined).get(other)! - 100
    expect(waited).toBeGreaterThan(setting.ageMs)
    expect(waited).toBeLessThanOrEqual(setting.ageMs + 60)
  })

  it('puts the urgent first, but lets age count', () => {
    const order = (items: Item[]): string[] => [...play(items, 1, options, () => undefined)].sort((a, b) => a[1] - b[1]).map(([{ adapterKey }]) => adapterKey)
    const of = (name: string, priority: RequestPriority, arrivedMs: number): Item => item({ adapterKey: name, priority, arrivedMs, answer: 300 })
    expect(order([of('first', 'normal', 0), of('low', 'low', 10), of('normal', 'normal', 20), of('high', 'high', 30)])).toEqual(['first', 'high', 'normal', 'low'])
    // Two steps of a second: a low request goes before high ones that came more than two seconds later.
    expect(order([of('first', 'normal', 0), of('low', 'low', 10), of('high', 'high', 2020)])).toEqual(['first', 'low', 'high'])
  })

  it('serves what was begun elsewhere before everything else, and charges it', () => {
    const queue = new WaitingQueue<Item>(options)
    const [first, urgent, later] = [item(), item({ payer: 'b', priority: 'high', arrivedMs: 1 }), item({ payer: 'c', priority: 'low', arrivedMs: 2, goesOn: true })]
    for (const one of [first, urgent, later]) queue.add(one)
    expect(queue.pick(3, ({ goesOn }) => (goesOn ? 'aside' : 'ready'))).not.toBe(later)
    expect(queue.pick(3, () => 'ready')).toBe(later)
    queue.serve(later, 3)
    queue.charge(later, { prompt: 10 })
    expect(queue.counter('c')).toBe(10 * promptWeight)
    expect(queue.pick(3, () => 'ready')).not.toBe(later)
  })

  it('lets stand aside without holding up anybody, and keeps the place', () => {
    const queue = new WaitingQueue<Item>(options)
    const [cold, warm] = [item({ adapterKey: 'cold' }), item({ adapterKey: 'warm', arrivedMs: 1 })]
    queue.add(cold)
    queue.add(warm)
    expect(queue.pick(2, ({ adapterKey }) => (adapterKey === 'cold' ? 'aside' : 'ready'))).toBe(warm)
    expect(queue.pick(2, () => 'aside')).toBeNull()
    expect(queue.pick(2, () => 'ready')).toBe(cold)
    expect([queue.remove(cold), queue.remove(cold), queue.size]).toEqual([true, false, 1])
  })
})

describe('FairShare', () => {
  it('gives no credit for more than was agreed, and holds nothing against a payer that was alone', () => {
    const share = new FairShare(50)
    share.join('busy')
    share.charge('busy', 1000)
    share.join('new')
    expect(share.counter('new')).toBe(950)
    share.leave('busy')
    share.leave('new')
    share.charge('new', 5000)
    share.join('busy')
    expect(share.counter('busy')).toBe(5900)
  })

  it('forgets idle keys', () => {
    const share = new FairShare(0)
    for (let index = 0; index < 10_000; index++) {
      share.join(`${index}`)
      share.leave(`${index}`)
    }
    expect(share.size).toBeLessThan(5000)
  })
})

describe('fairOrder', () => {
  it('alternates payers by what their requests cost', () => {
    const items = ['a', 'a', 'a', 'b', 'b'].map((payer, index) => ({ payer, cost: payer === 'a' ? 10 : 25, index }))
    expect(fairOrder(items, (payer) => (payer === 'a' ? 0 : 5)).map(({ index }) => index)).toEqual([0, 3, 1, 2, 4])
    const ahead = (payer: string): number[] => fairlyAhead(items, { payer, cost: 1 }, (other) => (other === 'a' ? 0 : 5)).map(({ index }) => index)
    expect([ahead('c'), ahead('a'), ahead('b')]).toEqual([[0, 3], [0, 1, 2, 3, 4], [0, 1, 2, 3, 4]])
  })
})
