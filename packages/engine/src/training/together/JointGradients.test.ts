import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Backend, loadGgml } from '@openledger/tensor'
import { afterAll, describe, expect, it } from 'vitest'
import { writeTinyModel } from '../../fixtures/writeTinyModel.ts'
import { loadModel } from '../../model/loadModel.ts'
import { AdapterModel } from '../AdapterModel.ts'
import { FrozenBase } from '../FrozenBase.ts'
import { initialAdapter } from '../initialAdapter.ts'
import { loraLayout } from '../LoraLayout.ts'
import { supervisedWeight } from '../microBatches.ts'
import { Random } from '../Random.ts'
import { StepGradients } from '../StepGradients.ts'
import type { TrainingExample } from '../TrainingExample.ts'
import type { Coalition } from './Coalition.ts'
import { JointGradients, type Member } from './JointGradients.ts'

const folder = mkdtempSync(join(tmpdir(), 'joint-gradients-'))
const backend = new Backend(loadGgml(), 1)
const path = join(folder, 'base.gguf')
writeTinyModel(path, { type: 'F32', architecture: 'qwen3' })
const model = loadModel(path, backend)
const base = new FrozenBase(model, 'f32')
afterAll(() => {
  base.dispose()
  model.dispose()
  backend.dispose()
  rmSync(folder, { recursive: true })
})

const layout = loraLayout(model.config, (layer) => (layer === 1 ? { rank: 3, scale: 2 } : { rank: 4, scale: 0.5 }))
const random = new Random(5)
const some = (count: number): number[] => Array.from({ length: count }, () => 4 + random.below(200))
const opening = some(6)
const question = [...opening, ...some(4)]
// Common openings, a question asked twice, one text twice, one that begins another, and two length buckets.
const text = [...question, ...some(5)]
const texts = [text, text, [...question, ...some(9)], [...opening, ...some(3)], question, [...opening, ...some(25)], some(30), some(3)]
const examples: TrainingExample[] = texts.map((tokens, i) => ({ tokens, supervisedFrom: Math.min(tokens.length - 1, 7), group: i % 3, weight: i === 3 ? 0.5 : 1 }))
const total = supervisedWeight(examples)
const coalitions: Coalition[] = [[1, 1, 1], [0, 1, 1], [1, 0, 1], [1, 1, 0], [0.25, 0, 2], [0, 0, 0]].map((weights) => ({ weights }))
const weightsOf = (c: number): Float32Array => initialAdapter(layout, 9).map((value, i) => value + 0.05 * Math.sin(i * (c + 1)))
const members = (chosen: readonly Coalition[]): Member[] => chosen.map((coalition) => ({ coalition, weights: weightsOf(coalitions.indexOf(coalition)), gradient: new Float32Array(layout.size).fill(7) }))

/** The gradients of some coalitions in graphs of at most so many tokens. */
function jointly(chosen: readonly Coalition[], graphTokens: number, partTokens = 96): { members: Member[]; losses: number[] } {
  const joint = new JointGradients(base, layout, partTokens, graphTokens)
  try {
    const all = members(chosen)
    return { members: all, losses: joint.compute(examples, total, all).losses }
  } finally {
    joint.dispose()
  }
}

describe('JointGradients', () => {
  it('gives every coalition the gradient that its examples give one after another', () => {
    const { members: all, losses } = jointly(coalitions, 1000)
    const adapted = new AdapterModel(base, layout, new Float32Array(layout.size))
    const gradients = new StepGradients(layout.size, 3)
    all.forEach(({ coalition, weights, gradient }, c) => {
      adapted.weights.set(weights)
      adapted.upload()
      const own = examples.map((example) => ({ ...example, weight: (example.weight ?? 1) * coalition.weights[example.group] }))
      const kept = supervisedWeight(own)
      const expected = new Float32Array(layout.size)
      if (kept > 0) {
        const { loss } = gradients.compute(adapted, own, 96)
        expect((losses[c] * total) / kept).toBeCloseTo(loss, 5)
        gradients.total.forEach((value, i) => (expected[i] = (value * kept) / total))
      }
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      expect(largest > 1e-3).toBe(kept > 0)
      gradient.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(2e-5 * largest))
    })
    adapted.dispose()
  })

  it('gives a coalition the same bytes in any company and in graphs of any size', () => {
    const { members: all } = jointly(coalitions, 100_000)
    for (const [chosen, graphTokens] of [[coalitions, 1], [coalitions, 130], [coalitions.slice(2, 4), 1000], [[coalitions[4], coalitions[0]], 1000]] as const) {
      for (const { coalition, gradient } of jointly(chosen, graphTokens).members) expect(gradient).toEqual(all[coalitions.indexOf(coalition)].gradient)
    }
    expect(jointly(coalitions, 1000, 32).members[0].gradient).not.toEqual(all[0].gradient)
  })
})
