import { describe, expect, it } from 'vitest'
import { attacks, honestRecords } from './attacks.ts'
import type { Evidence } from './Evidence.ts'
import { gainOf } from './gainOf.ts'
import { gamingWorld } from './gamingWorld.ts'
import { payAnswers } from './payAnswers.ts'
import { sealByClusters, sealOpenly } from './sealPlay.ts'

const world = gamingWorld(5)
const honest = honestRecords(world)
const setting = { world, honest, attacker: 2, victim: 6, seed: 5 }
const played = (name: string) => attacks.find((attack) => attack.name === name)!.play(setting)

describe('the gaming world', () => {
  it('is the same for a seed, states every fact once, and asks about every topic', () => {
    expect(gamingWorld(5)).toEqual(world)
    expect(gamingWorld(6)).not.toEqual(world)
    expect(new Set(honest.map(({ prompt }) => prompt)).size).toBe(honest.length)
    expect(sealByClusters(honest).every(({ weight }) => weight === 1)).toBe(true)
    expect([...new Set(world.questions.map(({ topic }) => topic))]).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  it('plays attacks that do what they say', () => {
    const text = (records: readonly { prompt: string; completion: string }[]): string[] => records.map(({ prompt, completion }) => `${prompt} ${completion}`)
    for (const attack of attacks) {
      const { records, accounts } = attack.play(setting)
      expect(records.filter(({ account }) => accounts.includes(account)).length).toBeGreaterThanOrEqual(12)
      const untouched = (list: typeof records) => text(list.filter(({ account }) => !accounts.includes(account) && account !== setting.attacker))
      expect(untouched(records)).toEqual(untouched(honest))
      expect(attack.play(setting)).toEqual({ records, accounts })
      if (attack.name.startsWith('sybil')) expect(text(records)).toEqual(text(honest))
      else expect(text(records)).not.toEqual(text(honest))
    }
    for (const name of ['exact copies of own records', 'exact copies of another']) {
      const sealed = sealByClusters(played(name).records)
      expect(sealed.slice(honest.length).every(({ weight }) => weight === 0)).toBe(true)
      expect(sealOpenly(played(name).records).every(({ weight }) => weight === 1)).toBe(true)
    }
    for (const name of ['near copies of another', 'paraphrases of another']) {
      expect(new Set(text(played(name).records)).size).toBe(honest.length + 12)
    }
  })
})

describe('pay', () => {
  const evidence = (trainingWeights: number[], scores: number[], witnesses: number[]): Evidence => ({
    atoms: trainingWeights.map((trainingWeight, account) => ({ account, trainingWeight })),
    heldOut: null,
    answers: [{ topic: 0, answerKey: `0x${'5a'.repeat(32)}`, text: '', losses: { base: 2_000_000, tuned: 0 }, scores: { exponent: 0, values: scores.map(String) }, witnesses, gradDot: scores, dataInf: scores.map((s) => -s) }],
    training: { steps: 1, loss: 1, seconds: 1 },
  })

  it('sums to the contributors’ part in every scheme', () => {
    for (const scheme of ['ours', 'plain', 'gradDot', 'dataInf'] as const) {
      const [paid] = payAnswers(evidence([4, 4, 8], [2, 1, -1], [1]), scheme)
      expect([...paid!.values()].reduce((a, b) => a + b)).toBeCloseTo(1, 12)
    }
  })

  it('is by influence under the rules, and by positive scores in the baselines', () => {
    const one = evidence([10, 10, 10, 10], [2, 0, 0, 0], [1])
    expect(payAnswers(one, 'plain')[0]!.get(0)).toBeCloseTo(1, 6)
    // A quarter by influence, because the words are another's, and a quarter of the rest by weight.
    expect(payAnswers(one, 'ours')[0]!.get(0)).toBeCloseTo(0.25 + 0.75 / 4, 6)
    expect(payAnswers(evidence([1, 1], [3, 1], []), 'gradDot')[0]).toEqual(new Map([[0, 0.75], [1, 0.25]]))
    expect(payAnswers(evidence([1, 1], [3, 1], []), 'dataInf')[0]).toEqual(new Map([[0, 0.5], [1, 0.5]]))
  })

  it('gains are ratios of totals, with an interval that holds them', () => {
    const pairs = Array.from({ length: 40 }, (_, q) => ({ seed: q % 4, honest: 1 + (q % 3), attack: 1.5 * (1 + (q % 3)) + (q % 2 === 0 ? 0.3 : -0.3) }))
    const { gain, low, high } = gainOf(pairs)
    expect(gain).toBeCloseTo(1.5, 2)
    expect(low).toBeLessThan(gain)
    expect(high).toBeGreaterThan(gain)
    expect(high - low).toBeLessThan(0.5)
    const exact = gainOf(pairs.map((pair) => ({ ...pair, attack: pair.honest })))
    expect([exact.gain, exact.low, exact.high]).toEqual([1, 1, 1])
  })
})
