import fc from 'fast-check'
import type { Address } from 'viem'
import { describe, expect, it } from 'vitest'
import { policy } from '../policy.ts'
import { groupAddress, groupAtoms } from './groupAtoms.ts'
import { measureResponses, type CounterfactualEngine } from './measureResponses.ts'
import { planCounterfactuals, responsesOfPlan, type FullRun } from './planCounterfactuals.ts'

const address = (k: number): Address => `0x${(k * 7919 + 13).toString(16).padStart(40, '0')}`
const people = (count: number): Address[] => Array.from({ length: count }, (_, k) => address(k))
const plan = (count: number, weight = (k: number): number => 1 + ((k * 31) % 17)) => planCounterfactuals({ contributors: people(count), weights: Array.from({ length: count }, (_, k) => weight(k)), seed: 3 })

describe('groupAtoms', () => {
  it('gives each an atom while there is room, and deals the light ones evenly beyond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 1000 }), (count, spread) => {
        const weights = people(count).map((_, k) => 1 + ((k * k * 31) % spread))
        const { atoms, atomOf } = groupAtoms(people(count), weights)
        expect(atoms.length).toBe(Math.min(count, policy.maxAtoms))
        expect(atoms.reduce((sum, a) => sum + a.trainingWeight, 0)).toBe(weights.reduce((a, b) => a + b, 0))
        people(count).forEach((who, k) => expect((atoms[atomOf[k]].members ?? [atoms[atomOf[k]]]).filter(({ contributor }) => contributor === who)).toHaveLength(1))
        const groups = atoms.filter((a) => a.members)
        for (const { contributor, members } of groups) expect(contributor).toBe(groupAddress(members!))
        if (groups.length > 1) {
          const sizes = groups.map((a) => a.trainingWeight)
          const largestMember = Math.max(...groups.flatMap((a) => a.members!.map((m) => m.trainingWeight)))
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(Math.max(largestMember, 1))
          expect(atoms.filter((a) => !a.members && a.trainingWeight >= largestMember).length).toBeGreaterThanOrEqual(policy.exactAtoms)
        }
      }),
      { numRuns: 8 },
    )
    expect(() => groupAtoms(people(policy.maxContributors + 1), [])).toThrow(expect.objectContaining({ code: 'TOO_MANY_CONTRIBUTORS' }))
  })

  it('names a group by its members and their weights', () => {
    const members = [{ contributor: address(1), trainingWeight: 2 }, { contributor: address(2), trainingWeight: 3 }]
    expect(groupAddress(members)).not.toBe(groupAddress([members[0], { ...members[1], trainingWeight: 4 }]))
  })
})

describe('planCounterfactuals', () => {
  it('leaves out each once up to 32, and beyond that the heaviest, with halves for the rest', () => {
    expect(plan(1)).toMatchObject({ method: 'responses', coalitions: [] })
    expect(plan(2).coalitions.map((c) => c.weights)).toEqual([[0, 1], [1, 0]])
    expect(plan(32)).toMatchObject({ method: 'responses', exact: Array.from({ length: 32 }, (_, a) => a) })
    const many = plan(300)
    expect(many).toMatchObject({ method: 'coalitions', parameters: { exact: 32, halves: 64, contributors: 300, atoms: 256 } })
    expect(many.coalitions).toHaveLength(96)
    const least = Math.min(...many.exact.map((a) => many.atoms[a].trainingWeight))
    expect(many.halved.every((a) => many.atoms[a].trainingWeight <= least)).toBe(true)
    for (let pair = 32; pair < 96; pair += 2) {
      const [one, other] = [many.coalitions[pair].weights, many.coalitions[pair + 1].weights]
      expect(many.halved.every((a) => one[a] + other[a] === 1)).toBe(true)
      expect(many.exact.every((a) => one[a] === 1 && other[a] === 1)).toBe(true)
    }
    expect(new Set(many.coalitions.map((c) => c.weights.join(''))).size).toBe(96)
    expect(plan(300)).toEqual(many)
  })

  it('trains nothing for those who were not trained on', () => {
    const copies = plan(6, (k) => (k === 2 || k === 4 ? 0 : 3))
    expect(copies.coalitions).toHaveLength(4)
    expect(copies.coalitions.every((c) => c.weights[2] === 1 && c.weights[4] === 1)).toBe(true)
    expect(plan(40, (k) => (k < 33 ? 1 : 0)).method).toBe('coalitions')
    expect(plan(40, (k) => (k < 32 ? 1 : 0)).method).toBe('responses')
  })
})

/** A world where training adds up each contributor's own direction: every counterfactual is known. */
const size = 64
const directions = Array.from({ length: 64 }, (_, a) => Float32Array.from({ length: size }, (__, i) => Math.fround(Math.sin(1 + a * 3.1 + i * 0.37) / 8)))
const direction = (a: number): Float32Array => directions[a] ?? new Float32Array(size)
const initial = new Float32Array(size).fill(0.25)
const trainedOn = (weights: readonly number[]): Float32Array =>
  Float32Array.from(initial, (start, i) => start + weights.reduce((sum, weight, a) => sum + weight * (direction(a)[i] ?? 0), 0))
const near = (found: Float32Array, expected: Float32Array): void => expect(Math.max(...found.map((value, i) => Math.abs(value - (expected[i] ?? 0))))).toBeLessThan(1e-5)
const fullOf = (count: number, weight = (_: number): number => 1): FullRun => ({ initial, weights: trainedOn(Array.from({ length: count }, (_, a) => (weight(a) > 0 ? 1 : 0))), contributions: [] })

describe('responsesOfPlan', () => {
  it('finds what each did, exactly where left out one by one, and nothing for those not trained on', async () => {
    const weight = (k: number): number => (k === 1 ? 0 : 4)
    const three = plan(4, weight)
    const found = await responsesOfPlan(three, fullOf(4, weight), three.coalitions.map(({ weights }) => trainedOn(weights.map((w, a) => (a === 1 ? 0 : w)))))
    for (const a of [0, 2, 3]) near(found[a], direction(a))
    expect([...found[1]].every((v) => v === 0)).toBe(true)
    const alone = plan(1)
    near((await responsesOfPlan(alone, fullOf(1), []))[0], direction(0))
  })

  it('finds by halves what is the same in any company', async () => {
    const forty = plan(40)
    const found = await responsesOfPlan(forty, fullOf(40), forty.coalitions.map(({ weights }) => trainedOn(weights)))
    for (const a of forty.exact) near(found[a], direction(a))
    // A mean over 64 halves: right on average, with the noise of the others in it. Each pair cancels what all but one have in common.
    const cosine = (a: Float32Array, b: Float32Array): number => {
      const dot = (x: Float32Array, y: Float32Array): number => x.reduce((sum, v, i) => sum + v * (y[i] ?? 0), 0)
      return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
    }
    const own = forty.halved.map((a) => cosine(found[a], direction(a)))
    expect(own.reduce((x, y) => x + y, 0) / own.length).toBeGreaterThan(0.8)
  })
})

describe('measureResponses', () => {
  const ten = plan(10)
  const engineOf = (calls: number[], stopAt = Infinity): CounterfactualEngine => ({
    trainTogether: (request, options) => {
      calls.push(request.coalitions.length)
      if (calls.length > stopAt) return Promise.reject(new Error('killed'))
      options.onProgress?.({ step: 1, steps: 2, etaSeconds: 10 })
      options.onProgress?.({ step: 2, steps: 2, etaSeconds: 0 })
      return Promise.resolve({ adapters: request.coalitions.map(({ weights }) => trainedOn(weights)) })
    },
  })

  it('goes on after the parts that were finished, and gives the same', async () => {
    const parts = new Map<number, readonly Float32Array[]>()
    const store = {
      read: (part: number) => Promise.resolve(parts.get(part)?.slice()),
      write: (part: number, adapters: readonly Float32Array[]) => Promise.resolve(void parts.set(part, adapters)),
      checkpoints: (part: number) => `part-${part}`,
    }
    const input = { plan: ten, examples: [], recipe: {}, full: fullOf(10), atOnce: 4, store }
    const first: number[] = []
    await expect(measureResponses({ ...input, engine: engineOf(first, 2) })).rejects.toThrow('killed')
    const second: number[] = []
    const seen: string[] = []
    const found = await measureResponses({ ...input, engine: engineOf(second), onProgress: ({ done, total }) => seen.push(`${done} of ${total}`) })
    expect([first, second]).toEqual([[4, 4, 2], [2]])
    expect(seen).toEqual(['4 of 10', '8 of 10', '9 of 10', '10 of 10'])
    found.forEach((response, a) => near(response, direction(a)))
  })

  it('computes a part of each batch where that method is named', async () => {
    const named = planCounterfactuals({ contributors: people(4), weights: [1, 1, 1, 1], seed: 1, method: 'responses-subsampled' })
    expect(named).toMatchObject({ coalitions: plan(4).coalitions, parameters: { exact: 4, subsamplePpm: policy.subsamplePpm } })
    const asked: (number | undefined)[] = []
    const engine: CounterfactualEngine = { trainTogether: ({ subsample, coalitions }) => (asked.push(subsample), Promise.resolve({ adapters: coalitions.map(({ weights }) => trainedOn(weights)) })) }
    for (const one of [named, plan(4)]) await measureResponses({ engine, plan: one, examples: [], recipe: {}, full: fullOf(4) })
    expect(asked).toEqual([policy.subsamplePpm / 1e6, undefined])
  })
})
