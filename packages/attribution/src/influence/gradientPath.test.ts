import { meanGradient, pathWeights } from '@openledger/engine'
import { describe, expect, it } from 'vitest'
import { buildInfluenceTable } from './InfluenceTable.ts'
import { influenceMethod } from './InfluenceMethod.ts'
import { gradientPath } from './gradientPath.ts'
import { quantizeBlocks } from './quantizeBlocks.ts'
import { scoreAtoms } from './scoreAtoms.ts'

/**
 * A softmax classifier in closed form stands in for the adapter: class scores W·x, where each of four contributors teaches its own
 * class for its own input direction. An answer is one of these facts.
 */
const classes = 4
const features = 8
const size = classes * features
const input = (contributor: number): number[] => Array.from({ length: features }, (_, f) => (f === contributor ? 1 : 0.15))

function lossAndGradient(weights: ArrayLike<number>, contributor: number): { loss: number; gradient: Float32Array } {
  const x = input(contributor)
  const logits = Array.from({ length: classes }, (_, c) => x.reduce((sum, value, f) => sum + value * weights[c * features + f], 0))
  const largest = Math.max(...logits)
  const exps = logits.map((l) => Math.exp(l - largest))
  const total = exps.reduce((a, b) => a + b, 0)
  const gradient = new Float32Array(size)
  exps.forEach((e, c) => x.forEach((value, f) => (gradient[c * features + f] = (e / total - (c === contributor ? 1 : 0)) * value)))
  return { loss: -Math.log(exps[contributor] / total), gradient }
}

/** Trains until every fact is known almost by heart, booking each contributor's updates. */
function train(): { tuned: Float32Array; contributions: Float32Array[] } {
  const tuned = new Float32Array(size)
  const contributions = Array.from({ length: classes }, () => new Float32Array(size))
  for (let step = 0; step < 400; step++) {
    const gradients = contributions.map((_, a) => lossAndGradient(tuned, a).gradient)
    gradients.forEach((g, a) => g.forEach((value, i) => (contributions[a][i] -= 0.3 * value)))
    for (let i = 0; i < size; i++) tuned[i] -= 0.3 * gradients.reduce((sum, g) => sum + g[i], 0)
  }
  return { tuned, contributions }
}

describe('gradientPath', () => {
  const { tuned, contributions } = train()
  const table = buildInfluenceTable(contributions, {
    method: 'trajectory',
    adapterId: `0x${'00'.repeat(32)}`,
    baseId: `0x${'00'.repeat(32)}`,
    atoms: contributions.map((_, a) => ({ contributor: `0x${a.toString(16).padStart(40, '0')}`, trainingWeight: 1 })),
  })
  const inNats = (gradient: Float32Array): number[] => {
    const { exponent, values } = scoreAtoms(table, quantizeBlocks(gradient))
    return values.map((v) => Number(v) * 2 ** exponent)
  }
  const benefit = Math.log(classes) - lossAndGradient(tuned, 2).loss

  it('runs from the untrained to the trained weights', () => {
    const { pathPoints } = influenceMethod('trajectory')
    const points = pathWeights(tuned, gradientPath(table))
    expect(points).toHaveLength(pathPoints.length)
    points.forEach((point, k) => {
      const t = pathPoints[k] / 1e6
      for (let i = 0; i < size; i++) expect(Math.abs(point[i] - t * tuned[i])).toBeLessThan(0.1)
    })
  })

  it('makes the scores of a learnt answer sum to its benefit, its owner first', () => {
    const scores = inNats(meanGradient(pathWeights(tuned, gradientPath(table)).map((w) => lossAndGradient(w, 2).gradient)))
    expect(scores.reduce((a, b) => a + b, 0) / benefit).toBeGreaterThan(0.8)
    expect(scores.reduce((a, b) => a + b, 0) / benefit).toBeLessThan(1.2)
    expect(scores.indexOf(Math.max(...scores))).toBe(2)
  })

  it('is needed: the gradient at the end of training alone sees little of the benefit', () => {
    const scores = inNats(lossAndGradient(tuned, 2).gradient)
    expect(scores.reduce((a, b) => a + b, 0) / benefit).toBeLessThan(0.25)
  })
})
