import { expect, it } from 'vitest'
import { runProgress } from './runProgress.ts'

it('rises through training and counterfactuals to its end', () => {
  const run = { losses: [0.5], tokensPerSecond: 0, etaSeconds: 7, steps: 100 }
  const at = (step: number, done: number | null) => runProgress({ ...run, step, counterfactuals: done === null ? null : { done, total: 5 } })
  const seen = [at(10, 0), at(100, 0), at(100, 2), at(100, 5)]
  expect(seen.map((p) => p.done / p.total)).toEqual([10 / 300, 1 / 3, 180 / 300, 1])
  expect(seen[2]!.text).toBe('counterfactuals 2 of 5, loss 0.500, 7 s left')
  expect(at(50, null)).toEqual({ done: 50, total: 100, text: 'loss 0.500, 7 s left' })
})
