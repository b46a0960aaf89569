import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answersUntilFound, auditsToFind, requiredBond, type LieTerms } from './requiredBond.ts'

const terms = (change: Partial<LieTerms> = {}): LieTerms => ({ gain: 10n ** 15n, answers: 1, samplingPpm: 10_000, detectionPpm: 900_000, slashPpm: 500_000, ...change })

/** What is left of a bond of 1 after n false answers, in the mean, by the recursion over which of them are found: nothing of the formula under test. */
function expectedRest(n: number, found: number, slash: number): number {
  let byConvictions = [1]
  for (let i = 0; i < n; i++) {
    const next = Array.from({ length: byConvictions.length + 1 }, () => 0)
    byConvictions.forEach((p, k) => {
      next[k]! += p * (1 - found)
      next[k + 1]! += p * found
    })
    byConvictions = next
  }
  return byConvictions.reduce((sum, p, k) => sum + p * (1 - slash) ** k, 0)
}

describe('requiredBond', () => {
  it('is the gain over sampling, detection and slash for a single answer', () => {
    expect(requiredBond(terms())).toBe(222_222_222_222_222_223n)
    expect(requiredBond(terms({ samplingPpm: 1_000_000, detectionPpm: 1_000_000, slashPpm: 1_000_000 }))).toBe(10n ** 15n)
    expect(requiredBond(terms({ gain: 0n }))).toBe(0n)
  })

  it('makes lying a loss, and no less a bond does', () => {
    const few = fc.record({ answers: fc.integer({ min: 1, max: 60 }), samplingPpm: fc.integer({ min: 100, max: 100_000 }), detectionPpm: fc.integer({ min: 100_000, max: 1_000_000 }), slashPpm: fc.integer({ min: 100_000, max: 1_000_000 }) })
    fc.assert(
      fc.property(few, (t) => {
        const bond = Number(requiredBond(terms(t))) / 1e15
        const found = (t.samplingPpm / 1e6) * (t.detectionPpm / 1e6)
        const lost = 1 - expectedRest(t.answers, found, t.slashPpm / 1e6)
        expect((bond * lost) / t.answers).toBeGreaterThan(1 - 1e-9)
        expect((bond * lost) / t.answers).toBeLessThan(1 + 1e-6)
      }),
    )
  })

  it('rises with the answers, so that what suffices for many suffices for fewer, and is at least their gain', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 1_000 }), (answers, more) => {
        const bond = requiredBond(terms({ answers }))
        // A part in a million is rounding.
        expect(requiredBond(terms({ answers: answers + more })) * 1_000_001n).toBeGreaterThanOrEqual(bond * 1_000_000n)
        expect(bond).toBeGreaterThanOrEqual(BigInt(answers) * 10n ** 15n)
      }),
    )
  })

  it.each([{ samplingPpm: 0 }, { detectionPpm: 1_000_001 }, { slashPpm: 0.5 }, { answers: 0 }])('refuses %j', (change) => {
    expect(() => requiredBond(terms(change))).toThrow(expect.objectContaining({ code: 'BAD_PART' }))
  })
})

describe('answersUntilFound', () => {
  it('is the mean of a geometric distribution', () => {
    expect(answersUntilFound({ samplingPpm: 10_000, detectionPpm: 500_000 })).toBe(200)
    expect(answersUntilFound({ samplingPpm: 1_000_000, detectionPpm: 1_000_000 })).toBe(1)
  })
})

describe('auditsToFind', () => {
  it('leaves no more liars unfound than allowed, and one audit fewer leaves more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10_000, max: 999_999 }), fc.integer({ min: 1_000, max: 500_000 }), (detectionPpm, missedPpm) => {
        const n = auditsToFind({ detectionPpm }, missedPpm)
        const unfound = (count: number): number => (1 - detectionPpm / 1e6) ** count
        expect(unfound(n)).toBeLessThanOrEqual((missedPpm / 1e6) * (1 + 1e-9))
        if (n > 1) expect(unfound(n - 1)).toBeGreaterThan(missedPpm / 1e6)
      }),
    )
    expect(auditsToFind({ detectionPpm: 1_000_000 })).toBe(1)
    expect(auditsToFind({ detectionPpm: 500_000 })).toBe(5)
  })
})
