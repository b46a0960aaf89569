import fc from 'fast-check'
import type { Hex } from '@openledger/protocol'
import { describe, expect, it } from 'vitest'
import { Router, type Attempt, type AttemptEnd, type Wish } from './Router.ts'
import type { NodeProfile } from './RoutedNode.ts'
import type { RouterSettings } from './RouterSettings.ts'

const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
/** Uniform numbers from a seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
const nodeOf = (id: string, changes: Partial<NodeProfile> = {}): NodeProfile => ({
  ...{ id, baseId: hash(1), profileHash: hash(2), exactReplay: true, slots: 4, positions: 100, stake: 10n ** 18n, inputPrice: 0n, outputPrice: 0n },
  holds: () => false,
  ...changes,
})
const wishOf = (changes: Partial<Wish> = {}): Wish => ({ baseId: hash(1), adapterId: null, positions: 10, inputPrice: 5n, outputPrice: 5n, ...changes })
const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'none'
}
type World = { router: Router; time: { now: number } }
function world(seed: number, settings: Partial<RouterSettings> = {}): World {
  const time = { now: 0 }
  return { time, router: new Router({ now: () => time.now, random: seeded(seed), settings }) }
}

describe('Router', () => {
  it('gives no order to a node that cannot serve it, is named as excluded, or is full; and to somebody whenever somebody can', () => {
    const node = fc.record({ base: fc.integer({ min: 1, max: 2 }), profile: fc.integer({ min: 1, max: 2 }), slots: fc.integer({ min: 1, max: 3 }), positions: fc.constantFrom(5, 50), price: fc.bigInt({ min: 0n, max: 9n }), adapters: fc.subarray([1, 2, 3]) })
    const order = fc.record({
      base: fc.integer({ min: 1, max: 2 }),
      profile: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
      adapter: fc.option(fc.integer({ min: 1, max: 3 }), { nil: null }),
      positions: fc.constantFrom(4, 40),
      not: fc.subarray([0, 1, 2, 3, 4]),
      end: fc.option(fc.constantFrom<AttemptEnd>('finished', 'failed', 'refused', 'withdrawn'), { nil: undefined }),
      after: fc.integer({ min: 0, max: 3000 }),
    })
    fc.assert(
      fc.property(fc.array(node, { minLength: 1, maxLength: 5 }), fc.array(order, { maxLength: 40 }), fc.integer(), (nodes, orders, seed) => {
        const { router, time } = world(seed)
        const profiles = nodes.map((n, i) => nodeOf(`n${i}`, { baseId: hash(n.base), profileHash: hash(n.profile), slots: n.slots, positions: n.positions, inputPrice: n.price, holds: (id) => n.adapters.some((a) => hash(a) === id) }))
        for (const profile of profiles) router.set(profile)
        const open = new Map<string, Attempt[]>(profiles.map(({ id }) => [id, []]))
        const fullUntil = new Map<string, number>()
        const attempts: Attempt[] = []
        for (const { base, profile, adapter, positions, not, end, after } of orders) {
          const wish = wishOf({ baseId: hash(base), profileHash: profile === undefined ? undefined : hash(profile), adapterId: adapter === null ? null : hash(adapter), positions, not: new Set(not.map((i) => `n${i}`)) })
          const able = profiles.filter((p) => p.baseId === wish.baseId && (profile === undefined || p.profileHash === hash(profile)) && p.positions >= positions && p.inputPrice <= 5n && !wish.not!.has(p.id))
          const roomy = able.filter(({ id, slots }) => open.get(id)!.length < Math.ceil(1.5 * slots) && (fullUntil.get(id) ?? 0) <= time.now)
          if (roomy.length === 0) expect(codeOf(() => router.assign(wish))).toBe(able.length === 0 ? 'NO_NODE' : 'NODES_FULL')
          else if (adapter !== null && codeOf(() => attempts.push(router.assign(wish))) === 'NODES_FULL') {
            // Who has room has something to do: an adapter that does not belong there is not loaded.
            expect(roomy.filter(({ id }) => open.get(id)!.length === 0)).toEqual([])
          } else {
            const attempt = attempts.pop() ?? router.assign(wish)
            expect(roomy.map(({ id }) => id)).toContain(attempt.node)
            open.get(attempt.node)!.push(attempt)
            if (end) {
              attempt.end(end, 400)
              attempt.end('finished')
              open.get(attempt.node)!.pop()
              if (end === 'refused') fullUntil.set(attempt.node, time.now + 400)
            }
          }
          for (const { id, inFlight } of [...router.standings(hash(1)), ...router.standings(hash(2))]) expect(inFlight).toBe(open.get(id)!.length)
          time.now += after
        }
      }),
      { numRuns: 60 },
    )
  })

  it('leaves a failing node alone while others are sound, and tries it when nobody else is left', () => {
    const { router, time } = world(1, { randomShare: 0 })
    router.set(nodeOf('bad'))
    router.set(nodeOf('good'))
    for (let failures = 0; failures < 3; ) {
      const attempt = router.assign(wishOf())
      if (attempt.node === 'bad') failures += 1
      attempt.end(attempt.node === 'bad' ? 'failed' : 'finished')
    }
    for (let i = 0; i < 20; i++) {
      const attempt = router.assign(wishOf())
      expect(attempt.node).toBe('good')
      attempt.end('finished')
    }
    expect(router.standings(hash(1)).map(({ id, state }) => [id, state])).toEqual([['good', 'closed'], ['bad', 'resting']])
    expect(router.assign(wishOf({ not: new Set(['good']) })).node).toBe('bad')
    time.now += 1001
    expect(codeOf(() => router.assign(wishOf({ not: new Set(['good', 'bad']) })))).toBe('NO_NODE')
  })

  it('sends an adapter to its home, to those that hold it when that is full, to idle nodes when those are busy too, and then to nobody', () => {
    const { router } = world(2)
    for (let i = 0; i < 4; i++) router.set(nodeOf(`n${i}`, { slots: 2, holds: (id) => id === hash(9) && i < 2 }))
    const ask = (): string => router.assign(wishOf({ adapterId: hash(9) })).node
    const first = ask()
    const home = [first, ask(), ask()]
    expect(new Set(home)).toEqual(new Set([first]))
    const others = [ask(), ask()]
    const warm = ['n0', 'n1'].filter((id) => id !== first)
    if (warm.length === 1) expect(new Set(others)).toEqual(new Set(warm))
    // What is left is idle, and loads one at a time.
    const cold = [0, 1, 2, 3].map((i) => `n${i}`).filter((id) => id !== first && !warm.includes(id))
    const last: string[] = []
    while (codeOf(() => last.push(ask())) !== 'NODES_FULL' && last.length < 20);
    expect(last.filter((id) => cold.includes(id)).length).toBeLessThanOrEqual(cold.length)
  })

  it('lets nothing fall that has begun, or whose home is gone, and refuses nothing to a node that orders its work by itself', () => {
    const { router } = world(3)
    for (let i = 0; i < 3; i++) router.set(nodeOf(`n${i}`, { slots: 2 }))
    const begin = (changes: Partial<Wish> = {}): string => router.assign(wishOf({ adapterId: hash(5), ...changes })).node
    const home = begin()
    // The others have something to do, and are not full.
    for (let i = 0; i < 2; i++) router.assign(wishOf({ not: new Set([home]) }))
    while (codeOf(() => begin()) === 'none');
    expect(codeOf(() => begin())).toBe('NODES_FULL')
    const { router: other } = world(3)
    for (let i = 0; i < 3; i++) other.set(nodeOf(`n${i}`, { slots: 2 }))
    for (let i = 0; i < 6; i++) other.assign(wishOf())
    const first = other.assign(wishOf({ adapterId: hash(5), profileHash: hash(2) })).node
    expect(other.assign(wishOf({ adapterId: hash(5), not: new Set([first]) })).node).not.toBe(first)
    const { router: lone } = world(4)
    for (const id of ['own', 'elsewhere']) lone.set(nodeOf(id, { slots: 1, bounded: id !== 'own', holds: () => id === 'own' }))
    for (let i = 0; i < 20; i++) expect(codeOf(() => lone.assign(wishOf({ adapterId: hash(6), not: new Set(['elsewhere']) })))).toBe('none')
  })

  it('keeps an adapter at one home while that has room, and moves it when its home is gone', () => {
    const { router, time } = world(2)
    for (let i = 0; i < 6; i++) router.set(nodeOf(`n${i}`))
    const serve = (): string => {
      const attempt = router.assign(wishOf({ adapterId: hash(77) }))
      attempt.token()
      attempt.end('finished')
      time.now += 1000
      return attempt.node
    }
    const homes = new Set(Array.from({ length: 30 }, serve))
    expect(homes.size).toBe(1)
    const [home] = homes
    router.remove(home!)
    expect(new Set(Array.from({ length: 30 }, serve)).has(home!)).toBe(false)
  })

  it('believes a node’s slots as far as it has shown them', () => {
    const { router } = world(8, { randomShare: 0 })
    router.set(nodeOf('boaster', { slots: 100_000 }))
    const fill = (): Attempt[] => {
      const open: Attempt[] = []
      while (codeOf(() => open.push(router.assign(wishOf()))) !== 'NODES_FULL');
      return open
    }
    const first = fill()
    expect(first).toHaveLength(12)
    for (const attempt of first) attempt.end('finished')
    const second = fill()
    expect(second.length).toBeGreaterThan(12)
    expect(second.length).toBeLessThan(24)
    for (const attempt of second) attempt.end('failed')
    expect(fill()).toHaveLength(12)
  })

  it('forgets what was measured as time passes, and a node with what it forgets', () => {
    const { router, time } = world(3, { randomShare: 0 })
    for (const id of ['slow', 'fast']) router.set(nodeOf(id, { slots: 100 }))
    const serve = (times: number): number => {
      let slow = 0
      for (let i = 0; i < times; i++) {
        const attempt = router.assign(wishOf())
        if (attempt.node === 'slow') slow += 1
        time.now += attempt.node === 'slow' ? 900 : 30
        attempt.token()
        attempt.end('finished')
      }
      return slow / times
    }
    serve(60)
    expect(serve(100)).toBeLessThan(0.35)
    const before = router.standings(hash(1)).find(({ id }) => id === 'slow')!.score
    expect(before).toBeLessThan(-0.2)
    time.now += 40 * 60_000
    expect(router.standings(hash(1)).map(({ score }) => Math.abs(score) < 0.02)).toEqual([true, true])
    router.remove('slow')
    expect(router.standings(hash(1)).map(({ id }) => id)).toEqual(['fast'])
  })

  it('hedges within its share, only at nodes with a free slot', () => {
    const { router, time } = world(4)
    for (const id of ['a', 'b', 'c']) router.set(nodeOf(id, { slots: 1 }))
    let hedged = 0
    for (let i = 0; i < 400; i++) {
      const attempt = router.assign(wishOf())
      time.now += 20
      attempt.token()
      const second = router.hedge(wishOf({ not: new Set([attempt.node]) }))
      if (second) {
        hedged += 1
        expect(second.node).not.toBe(attempt.node)
        second.end('withdrawn')
      }
      attempt.end('finished')
    }
    expect(hedged).toBeGreaterThan(5)
    expect(hedged).toBeLessThanOrEqual(1 + 0.05 * 400)
    const [one, two] = [router.assign(wishOf({ not: new Set(['c']) })), router.assign(wishOf({ not: new Set(['c']) }))]
    expect(router.hedge(wishOf({ not: new Set(['c', one.node]) })) === undefined || one.node === two.node).toBe(true)
  })

  /** Orders at random times, answered in random times: virtual time only. @returns how many each node got */
  function simulate(seed: number, meanMs: readonly number[], orders: number, settings: Partial<RouterSettings> = {}): Map<string, number> {
    const { router, time } = world(seed, settings)
    const random = seeded(seed + 1)
    const exponential = (mean: number): number => -mean * Math.log(1 - random())
    meanMs.forEach((_, i) => router.set(nodeOf(`n${i}`, { slots: 4 })))
    const counts = new Map<string, number>()
    const ends: { at: number; attempt: Attempt }[] = []
    const gap = 1 / (0.6 * meanMs.reduce((sum, ms) => sum + 4 / ms, 0))
    for (let i = 0; i < orders; i++) {
      time.now += exponential(gap)
      const arrival = time.now
      for (const end of ends.splice(0).sort((a, b) => a.at - b.at)) {
        if (end.at > arrival) ends.push(end)
        else {
          time.now = end.at
          end.attempt.token()
          end.attempt.end('finished')
        }
      }
      time.now = arrival
      if (codeOf(() => ends.push({ at: 0, attempt: router.assign(wishOf()) })) === 'NODES_FULL') continue
      const last = ends.at(-1)!
      last.at = arrival + exponential(meanMs[Number(last.attempt.node.slice(1))]!)
      counts.set(last.attempt.node, (counts.get(last.attempt.node) ?? 0) + 1)
    }
    return counts
  }

  it('gives equal nodes equal parts, and decides the same for the same seed', () => {
    for (const seed of [1, 2, 3]) {
      const counts = simulate(seed, [400, 400, 400, 400, 400], 3000)
      for (const count of counts.values()) expect(Math.abs(count / 600 - 1)).toBeLessThan(0.25)
      expect([...simulate(seed, [400, 400, 400, 400, 400], 300)]).toEqual([...simulate(seed, [400, 400, 400, 400, 400], 300)])
    }
  })

  it('gives faster nodes more, but none is starved', () => {
    const counts = simulate(5, [200, 400, 400, 800], 3000)
    const [fast, middle, , slow] = [0, 1, 2, 3].map((i) => counts.get(`n${i}`)!) as [number, number, number, number]
    expect(fast).toBeGreaterThan(1.2 * middle)
    expect(middle).toBeGreaterThan(1.2 * slow)
    expect(slow).toBeGreaterThan(0.05 * 3000)
  })
})
