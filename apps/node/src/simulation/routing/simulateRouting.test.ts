import { describe, expect, it } from 'vitest'
import { EventQueue } from '../time/EventQueue.ts'
import { ModelledNode } from './ModelledNode.ts'
import { simulateRouting, type RoutingSimulation } from './simulateRouting.ts'

const model = { slots: 8, places: 8, firstTokenMs: 60, tokenMs: 20, loadMs: 500 }
const load: RoutingSimulation = { seed: 1, nodes: [model, model, model, model], adapters: 64, popularity: 0, rate: 20, seconds: 300, tokens: 64, choice: 'router' }

describe('the simulation', () => {
  it('runs what is due in the order of time', () => {
    const events = new EventQueue()
    const seen: number[] = []
    for (const ms of [5, 1, 3, 1, 4]) events.after(ms, () => seen.push(ms * 10 + seen.length))
    events.after(2, () => events.after(2, () => seen.push(4.5)))
    events.runUntil(4)
    expect(seen.map((v) => Math.floor(v / 10))).toEqual([1, 1, 3, 4, 0])
    expect(events.now).toBe(4)
    events.runUntil(9)
    expect(seen).toHaveLength(6)
  })

  it('computes as many answers at once as a node has slots, loads an adapter once for all, and lets go the one used longest ago', () => {
    const events = new EventQueue()
    const node = new ModelledNode({ ...model, slots: 2, places: 2 }, events)
    const log: string[] = []
    const give = (adapter: number): void => node.give({ adapter, tokens: 11, onFirst: () => log.push(`${adapter} begins ${events.now}`), onEnd: () => log.push(`${adapter} ends ${events.now}`) })
    for (const adapter of [1, 1, 2]) give(adapter)
    events.runUntil(2000)
    expect(log).toEqual(['1 begins 560', '1 begins 560', '1 ends 760', '1 ends 760', '2 begins 1060', '2 ends 1260'])
    give(1)
    give(3)
    events.runUntil(4000)
    expect([[...node.held].sort(), node.loads]).toEqual([[1, 3], 3])
  })

  it('is the same for the same seed, and another for another', () => {
    const short = { ...load, seconds: 60 }
    expect(simulateRouting(short)).toEqual(simulateRouting(short))
    expect(simulateRouting({ ...short, seed: 2 })).not.toEqual(simulateRouting(short))
  })
})

describe('the router among nodes that hold few of the adapters', () => {
  it.each([20, 30])('finishes half as much again as random choice, with half the time to the first token, at %i orders a second', (rate) => {
    const aware = simulateRouting({ ...load, rate })
    const random = simulateRouting({ ...load, rate, choice: 'random' })
    expect(aware.finishedPerSecond).toBeGreaterThanOrEqual(1.5 * random.finishedPerSecond)
    expect(aware.firstTokenMs.p99).toBeLessThanOrEqual(0.5 * random.firstTokenMs.p99)
  })

  it('needs half the time to the first token where few adapters have most of the demand, and finishes no less', () => {
    const aware = simulateRouting({ ...load, popularity: 1, rate: 30 })
    const random = simulateRouting({ ...load, popularity: 1, rate: 30, choice: 'random' })
    expect(aware.firstTokenMs.p99).toBeLessThanOrEqual(0.5 * random.firstTokenMs.p99)
    expect(aware.finishedPerSecond).toBeGreaterThan(1.2 * random.finishedPerSecond)
  })

  it('gives no node under half or over twice its fair part by score in an hour', () => {
    for (const nodes of [[model, model, model, model], [1, 1.25, 0.8, 1.6].map((slower) => ({ ...model, firstTokenMs: slower * 60, tokenMs: slower * 20 }))]) {
      const { shares } = simulateRouting({ ...load, nodes, rate: 12, seconds: 3600 })
      for (const share of shares) {
        expect(share).toBeGreaterThan(0.5)
        expect(share).toBeLessThan(2)
      }
    }
  })
})
