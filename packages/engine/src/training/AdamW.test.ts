import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AdamW } from './AdamW.ts'
import { clipFactor, gradientNorm } from './clipFactor.ts'
import { ContributionLedger } from './ContributionLedger.ts'
import { learningRateAt } from './learningRate.ts'

describe('AdamW', () => {
  it('follows the published algorithm', () => {
    // Computed in double precision by a separate implementation of the paper's Algorithm 2 (with eps_root).
    const optimizer = new AdamW(2, { beta1: 0.9, beta2: 0.99, eps: 1e-8, epsRoot: 1e-6, weightDecay: 0.1 }, Uint8Array.of(1, 0))
    const theta = Float32Array.of(1, -2)
    for (const gradient of [[0.5, 0.1], [-0.25, 0.2], [0.1, -0.3]]) optimizer.step(theta, Float32Array.from(gradient), 0.01, 0.5)
    expect(theta[0]).toBeCloseTo(0.981195734, 6)
    expect(theta[1]).toBeCloseTo(-2.018971731, 6)
  })

  it('moves by the learning rate at first, whatever the gradient', () => {
    const optimizer = new AdamW(1, { beta1: 0.9, beta2: 0.999, eps: 0, epsRoot: 0, weightDecay: 0 })
    const theta = Float32Array.of(0)
    optimizer.step(theta, Float32Array.of(1e-3), 0.125)
    expect(theta[0]).toBeCloseTo(-0.125, 6)
  })
})

describe('ContributionLedger', () => {
  it('books every movement, whoever takes part in which step', () => {
    const steps = fc.array(fc.array(fc.option(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 })), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(steps, fc.double({ min: 0, max: 0.5, noNaN: true }), (plan, weightDecay) => {
        const optimizer = new AdamW(4, { beta1: 0.9, beta2: 0.95, eps: 1e-6, epsRoot: 1e-4, weightDecay })
        const ledger = new ContributionLedger(3, 4)
        const start = Float32Array.of(0.5, -0.25, 1, 0)
        const theta = start.slice()
        for (const parts of plan) {
          const gradients = parts.map((part) => (part === null ? undefined : Float32Array.from(part)))
          const total = Float32Array.from({ length: 4 }, (_, i) => gradients.reduce((sum, g) => sum + (g?.[i] ?? 0), 0))
          const scale = clipFactor(gradientNorm(total), 0.7)
          const before = theta.slice()
          optimizer.step(theta, total, 0.05, scale)
          ledger.book(optimizer, gradients, 0.05, scale, before)
        }
        theta.forEach((value, i) => {
          const booked = ledger.contributions.reduce((sum, r) => sum + r[i]!, ledger.decay[i]!)
          expect(Math.abs(booked - (value - start[i]!))).toBeLessThan(1e-5)
        })
      }),
      { numRuns: 100 },
    )
  })
})

describe('learning rate and clipping', () => {
  it('warm up, follow half a cosine, and end at the final fraction', () => {
    const plan = { learningRate: 2, warmup: 4, schedule: 'cosine' as const, finalFraction: 0.1 }
    expect([0, 1, 3, 4].map((step) => learningRateAt(plan, step, 104))).toEqual([0.5, 1, 2, 2])
    expect(learningRateAt(plan, 54, 104)).toBeCloseTo(1.1, 10)
    expect(learningRateAt(plan, 104, 104)).toBeCloseTo(0.2, 10)
    expect(learningRateAt({ ...plan, schedule: 'constant' }, 90, 104)).toBe(2)
    expect(() => learningRateAt({ ...plan, learningRate: 0 }, 0, 1)).toThrow(expect.objectContaining({ code: 'LEARNING_RATE' }))
  })

  it('shorten long gradients only', () => {
    expect(gradientNorm(Float32Array.of(3, 4))).toBe(5)
    expect([clipFactor(5, 1), clipFactor(0.5, 1), clipFactor(5, 0)]).toEqual([0.2, 1, 1])
  })
})
