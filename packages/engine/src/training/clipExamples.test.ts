import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Backend, loadGgml } from '@openledger/tensor'
import { afterAll, describe, expect, it } from 'vitest'
import { writeTinyModel } from '../fixtures/writeTinyModel.ts'
import { loadModel } from '../model/loadModel.ts'
import { AdapterModel } from './AdapterModel.ts'
import { clipExamples, exampleNorms } from './clipExamples.ts'
import { gradientNorm } from './clipFactor.ts'
import { FrozenBase } from './FrozenBase.ts'
import { initialAdapter } from './initialAdapter.ts'
import { loraLayout } from './LoraLayout.ts'
import { supervisedWeight } from './microBatches.ts'
import { Random } from './Random.ts'
import { StepGradients } from './StepGradients.ts'
import { leaveOneOut } from './together/Coalition.ts'
import { trainTogether } from './together/trainTogether.ts'
import { trainAdapter } from './trainAdapter.ts'
import type { TrainingExample } from './TrainingExample.ts'

const folder = mkdtempSync(join(tmpdir(), 'clip-examples-'))
const backend = new Backend(loadGgml(), 1)
const path = join(folder, 'base.gguf')
writeTinyModel(path)
const model = loadModel(path, backend)
const base = new FrozenBase(model, 'f32')
const layout = loraLayout(model.config, () => ({ rank: 4, scale: 2 }))
const adapted = new AdapterModel(base, layout, initialAdapter(layout, 1))
afterAll(() => {
  adapted.dispose()
  base.dispose()
  model.dispose()
  backend.dispose()
  rmSync(folder, { recursive: true })
})

const random = new Random(9)
const text = (length: number): number[] => Array.from({ length }, () => 4 + random.below(200))
const usual: TrainingExample[] = Array.from({ length: 7 }, (_, i) => ({ tokens: text(12 + i), supervisedFrom: 6, group: i % 2 }))
const outlier: TrainingExample = { tokens: text(90), supervisedFrom: 6, group: 2 }
const batch = [...usual, outlier]

describe('clipping per example', () => {
  it('measures the gradient that each example puts into the step', () => {
    const gradients = new StepGradients(layout.size, batch.length)
    gradients.compute(adapted, batch.map((example, group) => ({ ...example, group })), 256)
    const norms = exampleNorms(adapted, batch, 256)
    gradients.byGroup.forEach((gradient, i) => expect(norms[i] / gradientNorm(gradient!)).toBeCloseTo(1, 4))
  })

  it('brings an outlier down to the multiple of the median and leaves the others alone', () => {
    const clipped = clipExamples(adapted, batch, 256, 2)
    expect(clipped.slice(0, 7)).toEqual(usual)
    const norms = exampleNorms(adapted, batch, 256)
    const median = [...norms].sort((a, b) => a - b)[3]
    expect(norms[7]).toBeGreaterThan(3 * median)
    // Seen by the first denominator.
    const after = exampleNorms(adapted, clipped, 256).map((norm) => (norm * supervisedWeight(clipped)) / supervisedWeight(batch))
    expect(after[7] / median).toBeCloseTo(2, 3)
    expect(clipExamples(adapted, usual, 256, 3)).toEqual(usual)
  })

  it('changes what is learnt of outliers in training, and nothing where it is absent', async () => {
    const recipe = { rank: 4, epochs: 12, batchSize: 8, warmup: 1, learningRate: 0.01 }
    const plain = await trainAdapter(model, batch, recipe)
    const clipped = await trainAdapter(model, batch, { ...recipe, exampleClip: 1.5 })
    expect((await trainAdapter(model, batch, recipe)).adapter.id).toBe(plain.adapter.id)
    expect((await trainAdapter(model, batch, { ...recipe, exampleClip: 1e6 })).adapter.id).toBe(plain.adapter.id)
    const moved = ({ contributions }: typeof plain, a: number): number => gradientNorm(contributions[a])
    expect(moved(clipped, 2) / moved(clipped, 0)).toBeLessThan(0.8 * (moved(plain, 2) / moved(plain, 0)))
    const together = await trainTogether(model, batch, { ...recipe, exampleClip: 1.5 }, leaveOneOut(3))
    expect(together.adapters[0]).toEqual(clipped.weights)
    await expect(trainAdapter(model, batch, { ...recipe, exampleClip: 0.5 })).rejects.toMatchObject({ code: 'RECIPE' })
  })
})
