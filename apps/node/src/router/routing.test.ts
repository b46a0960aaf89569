import fc from 'fast-check'
import type { Hex } from '@openledger/protocol'
import { describe, expect, it } from 'vitest'
import { DecayedMean } from './DecayedMean.ts'
import { HedgeRule } from './HedgeRule.ts'
import { NodeBreaker } from './NodeBreaker.ts'
import { spreadOf, zScore } from './PeerStatistics.ts'
import { rankHomes } from './rankHomes.ts'
import type { RoutedNode } from './RoutedNode.ts'
import { routerSettings } from './RouterSettings.ts'

const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`

describe('a mean that cools down', () => {
  it('weighs every value by its age, as the definition says', () => {
    const event = fc.record({ value: fc.double({ min: -1e3, max: 1e3, noNaN: true }), after: fc.integer({ min: 0, max: 5000 }) })
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 0, max: 9000 }), (events, halfLife, later) => {
        const mean = new DecayedMean(halfLife)
        let now = 0
        const values = events.map(({ value, after }) => {
          now += after
          mean.add(value, now)
          return { value, at: now }
        })
        now += later
        const weights = values.map(({ at }) => 2 ** (-(now - at) / halfLife))
        const total = weights.reduce((sum, w) => sum + w, 0)
        expect(mean.weight(now)).toBeCloseTo(total, 6)
        const expected = (values.reduce((sum, { value }, i) => sum + value * weights[i]!, 0) + 7 * 2) / (total + 2)
        expect(mean.mean(now, 7, 2)).toBeCloseTo(expected, 6)
      }),
    )
    expect(new DecayedMean(5).mean(9, 3, 0)).toBe(3)
  })
})

describe('z-scores', () => {
  it('do not depend on unit or origin, stay within three, and are zero among equals', () => {
    const values = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(values, fc.double({ min: 0.1, max: 10, noNaN: true }), fc.integer({ min: -50, max: 50 }), (list, scale, shift) => {
        const spread = spreadOf(list)
        fc.pre(spread.deviation === 0 || spread.deviation > 1e-3)
        const moved = list.map((v) => v * scale + shift)
        for (const [i, value] of list.entries()) {
          const z = zScore(value, spread)
          expect(Math.abs(z)).toBeLessThanOrEqual(3)
          expect(zScore(moved[i]!, spreadOf(moved))).toBeCloseTo(z, 3)
        }
        expect(list.map(() => zScore(list[0]!, spreadOf(list.map(() => list[0]!))))).toEqual(list.map(() => 0))
      }),
    )
    expect([1, 2, 3].map((v) => zScore(v, spreadOf([1, 2, 3])))).toEqual([-Math.sqrt(1.5), 0, Math.sqrt(1.5)])
  })
})

describe('homes of adapters', () => {
  const nodes = Array.from({ length: 8 }, (_, i) => ({ id: `node-${i}`, slots: i < 4 ? 1 : 3 }))
  const first = (key: string, from: readonly (typeof nodes)[number][]): string => rankHomes(key, from, ({ slots }) => slots, 1)[0]!.id

  it('move only when their own node goes, whatever the order of nodes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.nat({ max: 7 }), fc.shuffledSubarray(nodes, { minLength: 8 }), (key, gone, order) => {
        const all = rankHomes(hash(key), order, ({ slots }) => slots, 8).map(({ id }) => id)
        expect(all).toEqual(rankHomes(hash(key), nodes, ({ slots }) => slots, 8).map(({ id }) => id))
        const left = nodes.filter((_, i) => i !== gone)
        expect(rankHomes(hash(key), left, ({ slots }) => slots, 7).map(({ id }) => id)).toEqual(all.filter((id) => id !== `node-${gone}`))
      }),
    )
  })

  it('are shared out in proportion to slots', () => {
    const counts = new Map<string, number>()
    for (let key = 0; key < 4000; key++) counts.set(first(hash(key), nodes), (counts.get(first(hash(key), nodes)) ?? 0) + 1)
    for (const { id, slots } of nodes) expect(counts.get(id)! / (4000 * (slots / 16))).toBeGreaterThan(0.8)
    for (const { id, slots } of nodes) expect(counts.get(id)! / (4000 * (slots / 16))).toBeLessThan(1.2)
  })
})

describe('a circuit breaker', () => {
  it('opens after failures running alone, rests twice as long each time, and closes with a trial that succeeds', () => {
    const breaker = new NodeBreaker({ failures: 3, restMs: 100, longestRestMs: 350 })
    breaker.failed(0)
    breaker.failed(0)
    breaker.succeeded()
    breaker.failed(0)
    breaker.failed(0)
    expect(breaker.state(0)).toBe('closed')
    breaker.failed(0)
    const rests = [100, 200, 350, 350]
    let now = 0
    for (const rest of rests) {
      expect([breaker.state(now), breaker.state(now + rest - 1), breaker.state(now + rest)]).toEqual(['resting', 'resting', 'trial'])
      now += rest
      breaker.began()
      expect(breaker.state(now)).toBe('resting')
      breaker.failed(now)
    }
    now += 350
    breaker.began()
    breaker.withdrawn()
    expect(breaker.state(now)).toBe('trial')
    breaker.began()
    breaker.succeeded()
    expect(breaker.state(now)).toBe('closed')
  })
})

describe('hedges', () => {
  it('are at most their share of orders, and some saved ones', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 400 }), (wants) => {
        const rule = new HedgeRule(routerSettings)
        let taken = 0
        for (const want of wants) {
          rule.earn()
          if (want && rule.take()) taken += 1
        }
        expect(taken).toBeLessThanOrEqual(1 + routerSettings.hedge.share * wants.length)
      }),
    )
  })

  it('come when a first token is late as its peers are timed, not before enough is known', () => {
    const rule = new HedgeRule(routerSettings)
    const node = { firstToken: new DecayedMean(1000), firstTokenError: new DecayedMean(1000) } as unknown as RoutedNode
    for (let i = 0; i < 19; i++) node.firstToken.add(Math.log(400), 0)
    expect(rule.lateAfterMs([node], 0)).toBeUndefined()
    node.firstToken.add(Math.log(400), 0)
    for (let i = 0; i < 20; i++) node.firstTokenError.add(0.2, 0)
    expect(rule.lateAfterMs([node], 0)).toBeCloseTo(400 * Math.exp(0.6), 3)
    expect(rule.lateAfterMs([node], 5000)).toBeUndefined()
  })
})
