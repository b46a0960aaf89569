import fc from 'fast-check'
import type { Hex } from '@openledger/protocol'
import { describe, expect, it } from 'vitest'
import { AdapterPlacement, type PlacementNode } from './AdapterPlacement.ts'

const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const nodesOf = (weights: readonly number[], holds: PlacementNode['holds'] = () => false): PlacementNode[] => weights.map((weight, i) => ({ id: `n${i}`, weight, holds }))
function placementOf(demands: readonly number[]): AdapterPlacement {
  const placement = new AdapterPlacement(1e9)
  demands.forEach((demand, adapter) => {
    for (let i = 0; i < demand; i++) placement.asked(hash(adapter), 0)
  })
  return placement
}
const homesOf = (placement: AdapterPlacement, demands: readonly number[]): string[][] => demands.map((_, adapter) => [...placement.homesOf(hash(adapter))!])

describe('placement', () => {
  it('gives every adapter a home, and no node more than its part of adapters and, whole adapters aside, of demand', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 8, maxLength: 40 }), fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 5 }), (demands, weights) => {
        const placement = placementOf(demands)
        const nodes = nodesOf(weights)
        placement.plan(nodes, 0)
        const homes = homesOf(placement, demands)
        const whole = weights.reduce((sum, w) => sum + w, 0)
        const all = demands.reduce((sum, d) => sum + d, 0)
        for (const list of homes) expect(list.length).toBeGreaterThan(0)
        for (const { id, weight } of nodes) {
          const own = homes.flatMap((list, adapter) => (list.includes(id) ? [demands[adapter]! / list.length] : []))
          expect(own.reduce((sum, d) => sum + d, 0)).toBeLessThanOrEqual((1.15 * all * weight) / whole + 2 * Math.max(...demands))
        }
      }),
      { numRuns: 60 },
    )
  })

  it('gives an adapter that half of all is asked of several nodes, and one that nobody asks for none', () => {
    const demands = [60, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3]
    const placement = placementOf(demands)
    placement.plan(nodesOf([1, 1, 1, 1]), 0)
    const [hot, ...cold] = homesOf(placement, demands)
    expect(hot!.length).toBeGreaterThanOrEqual(2)
    expect(cold.filter((list) => list.length === 1).length).toBeGreaterThan(15)
    expect(placement.homesOf(hash(99))).toBeUndefined()
  })

  it('moves nothing when nothing has changed, and little when a node comes or goes', () => {
    const demands = Array.from({ length: 60 }, () => 5)
    const placement = placementOf(demands)
    placement.plan(nodesOf([1, 1, 1, 1]), 0)
    const first = homesOf(placement, demands)
    placement.plan(nodesOf([1, 1, 1, 1]), 0)
    expect(homesOf(placement, demands)).toEqual(first)
    placement.plan(nodesOf([1, 1, 1]), 0)
    const without = homesOf(placement, demands)
    first.forEach((list, adapter) => {
      if (!list.includes('n3')) expect(without[adapter]).toEqual(expect.arrayContaining(list.slice(0, 1)))
    })
  })

  it('leaves an adapter where it lies while there is room', () => {
    const demands = Array.from({ length: 20 }, () => 5)
    const placement = placementOf(demands)
    const nodes = nodesOf([1, 1]).map((node, i) => ({ ...node, holds: (id: Hex) => BigInt(id) % 2n === BigInt(i) }))
    placement.plan(nodes, 0)
    homesOf(placement, demands).forEach((list, adapter) => expect(list[0]).toBe(`n${adapter % 2}`))
  })
})
