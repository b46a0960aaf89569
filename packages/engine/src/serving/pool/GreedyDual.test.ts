import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GreedyDual } from './GreedyDual.ts'

/** The algorithm as the paper states it, over a plain list, of a cache that holds so many bytes. */
class ListedCache {
  clock = 0
  entries: { key: number; priority: number; size: number; used: number }[] = []
  #turn = 0

  use(key: number, frequency: number, cost: number, size: number): void {
    const known = this.entries.find((entry) => entry.key === key)
    const entry = known ?? { key, priority: 0, size, used: 0 }
    if (!known) this.entries.push(entry)
    entry.priority = this.clock + (frequency * cost) / size
    entry.used = this.#turn++
  }

  evict(spared: (key: number) => boolean): number | undefined {
    const candidates = this.entries.filter(({ key }) => !spared(key))
    candidates.sort((x, y) => x.priority - y.priority || x.used - y.used)
    const [victim] = candidates
    if (!victim) return undefined
    this.clock = Math.max(this.clock, victim.priority)
    this.entries = this.entries.filter((entry) => entry !== victim)
    return victim.key
  }
}

describe('GreedyDual', () => {
  it('evicts in the order of the paper, whatever is used, spared and removed in between', () => {
    const operation = fc.oneof(
      { weight: 4, arbitrary: fc.record({ use: fc.nat(12), frequency: fc.integer({ min: 1, max: 5 }) }) },
      { weight: 2, arbitrary: fc.record({ evict: fc.array(fc.nat(12), { maxLength: 4 }) }) },
      { weight: 1, arbitrary: fc.record({ remove: fc.nat(12) }) },
    )
    const cost = (key: number): number => 1 + (key % 4)
    const size = (key: number): number => 1 + (key % 3)
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const [policy, oracle] = [new GreedyDual<number>(), new ListedCache()]
        for (const step of operations) {
          if ('use' in step) {
            policy.touch(step.use, step.frequency, cost(step.use), size(step.use))
            oracle.use(step.use, step.frequency, cost(step.use), size(step.use))
          } else if ('evict' in step) {
            const spared = (key: number): boolean => step.evict.includes(key)
            const victim = policy.lowest((key) => !spared(key))
            expect(policy.ascending((key) => !spared(key))[0]).toBe(victim)
            expect(victim).toBe(oracle.evict(spared))
            if (victim !== undefined) policy.evict(victim)
          } else {
            policy.forget(step.remove)
            oracle.entries = oracle.entries.filter(({ key }) => key !== step.remove)
          }
          expect([...policy.keys()].sort()).toEqual(oracle.entries.map(({ key }) => key).sort())
          expect(policy.clock).toBe(oracle.clock)
        }
      }),
    )
  })

  it('lets go of what was popular once', () => {
    const policy = new GreedyDual<string>()
    policy.touch('old', 50, 1, 1)
    for (let turn = 0; ; turn++) {
      expect(turn).toBeLessThan(60)
      policy.touch(`new ${turn}`, 1, 1, 1)
      const victim = policy.lowest(() => true)!
      policy.evict(victim)
      if (victim === 'old') break
      expect(turn).toBeLessThan(60)
    }
  })
})
