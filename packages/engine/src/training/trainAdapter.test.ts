import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Backend, loadGgml } from '@openledger/tensor'
import { afterAll, describe, expect, it } from 'vitest'
import { writeTinyModel } from '../fixtures/writeTinyModel.ts'
import { loadModel } from '../model/loadModel.ts'
import type { AdapterRecipe } from './AdapterRecipe.ts'
import { answerGradient, answerLossesAfter, releaseAnswerGradients } from './answerGradient.ts'
import { Random } from './Random.ts'
import { trainAdapter, type AdapterTrainingOptions, type AdapterTrainingResult } from './trainAdapter.ts'
import type { TrainingExample } from './TrainingExample.ts'

const folder = mkdtempSync(join(tmpdir(), 'train-adapter-'))
const backend = new Backend(loadGgml(), 1)
const path = join(folder, 'base.gguf')
writeTinyModel(path, { type: 'Q8_0' })
const model = loadModel(path, backend)
afterAll(() => {
  releaseAnswerGradients(model)
  model.dispose()
  backend.dispose()
  rmSync(folder, { recursive: true })
})

const random = new Random(3)
const examples: TrainingExample[] = Array.from({ length: 18 }, (_, i) => ({
  tokens: Array.from({ length: 8 + random.below(12) }, () => 4 + random.below(200)),
  supervisedFrom: 5,
  group: i % 3,
}))
const recipe: Partial<AdapterRecipe> = { epochs: 4, batchSize: 6, rank: 4, warmup: 2, learningRate: 0.01, weightDecay: 0.1, microTokens: 96, checkpointEvery: 3 }
const train = (extra: Partial<AdapterRecipe> = {}, options: AdapterTrainingOptions = {}) => trainAdapter(model, examples, { ...recipe, ...extra }, options)

/** Largest |Σ_a r_a + decay − (θ_T − θ_0)|, and the largest movement. */
function identityError(result: AdapterTrainingResult): { error: number; movement: number } {
  let [error, movement] = [0, 0]
  for (let i = 0; i < result.weights.length; i++) {
    const moved = result.weights[i] - result.initial[i]
    const booked = result.contributions.reduce((sum, r) => sum + r[i], result.decay[i])
    error = Math.max(error, Math.abs(booked - moved))
    movement = Math.max(movement, Math.abs(moved))
  }
  return { error, movement }
}

describe('trainAdapter', () => {
  it('memorises, reports, and books every movement to its contributors', async () => {
    const steps: number[] = []
    const result = await train({ epochs: 40 }, { evaluation: examples.slice(0, 4), onProgress: (p) => void steps.push(p.step) })
    expect(steps).toEqual(Array.from({ length: 120 }, (_, i) => i + 1))
    expect(result.lossFinal).toBeLessThan(0.3 * result.lossBase)
    expect(result.evaluationLoss).toBeLessThan(0.5 * result.lossBase)
    const { error, movement } = identityError(result)
    expect(movement).toBeGreaterThan(0.05)
    expect(error).toBeLessThan(2e-5)
    expect(result.contributions).toHaveLength(3)
    result.contributions[1].fill(0)
    expect(identityError(result).error).toBeGreaterThan(0.005)
  })

  it('gives the same bytes again, and others with another seed', async () => {
    const one = await train({ steps: 3 })
    const two = await train({ steps: 3 })
    expect(two.adapter.id).toBe(one.adapter.id)
    expect(two.losses).toEqual(one.losses)
    expect((await train({ steps: 3, seed: 2 })).adapter.id).not.toBe(one.adapter.id)
  })

  it('goes on after a stop as if nothing had happened, contributions included', async () => {
    const whole = await train()
    const checkpointDir = join(folder, 'stop')
    const controller = new AbortController()
    const stopped = train({}, { checkpointDir, signal: controller.signal, onProgress: (p) => (p.step === 7 ? controller.abort() : undefined) })
    await expect(stopped).rejects.toMatchObject({ code: 'TRAINING_STOPPED' })
    const seen: number[] = []
    const resumed = await train({}, { checkpointDir, onProgress: (p) => void seen.push(p.step) })
    expect(seen[0]).toBe(8)
    expect(resumed.adapter.id).toBe(whole.adapter.id)
    expect(resumed.contributions).toEqual(whole.contributions)
    expect(resumed.decay).toEqual(whole.decay)
  })

  it('rejects what cannot be trained on', async () => {
    const bad = (example: Partial<TrainingExample>) => trainAdapter(model, [{ tokens: [1, 2, 3], supervisedFrom: 1, group: 0, ...example }], recipe)
    await expect(bad({ tokens: [1, 2, 100_000] })).rejects.toMatchObject({ code: 'EXAMPLE_TOKEN' })
    await expect(bad({ tokens: [1] })).rejects.toMatchObject({ code: 'EXAMPLE_LENGTH' })
    await expect(bad({ supervisedFrom: 3 })).rejects.toMatchObject({ code: 'EXAMPLE_SUPERVISED' })
    await expect(trainAdapter(model, [], recipe)).rejects.toMatchObject({ code: 'EXAMPLE_NONE' })
    await expect(train({ rank: 0 })).rejects.toMatchObject({ code: 'RECIPE' })
    await expect(train({ rank: 1000 })).rejects.toMatchObject({ code: 'ADAPTER_RANK' })
  })

  it('gradients along the way of training give each contributor its part of an answer\'s benefit, and sum to it', async () => {
    const { adapter, contributions } = await train({ epochs: 20, weightDecay: 0 })
    const movement = contributions[0].map((_, i) => contributions.reduce((sum, r) => sum + r[i], 0))
    for (const { tokens, supervisedFrom } of examples.slice(0, 4)) {
      const { gradient, loss, lossBase } = answerGradient(model, adapter, tokens, supervisedFrom, { movement, points: [125_000, 375_000, 625_000, 875_000] })
      const explained = -gradient.reduce((sum, g, i) => sum + g * movement[i], 0)
      expect(explained / (lossBase - loss)).toBeGreaterThan(0.9)
      expect(explained / (lossBase - loss)).toBeLessThan(1.1)
    }
  })

  it('an answer gradient is that of its mean loss, and zero work leaves the base loss', async () => {
    const { adapter, layout } = await train({ epochs: 10 })
    const { tokens, supervisedFrom } = examples[0]
    const first = answerGradient(model, adapter, tokens, supervisedFrom)
    expect(first.gradient).toHaveLength(layout.size)
    expect(first.loss).toBeLessThan(first.lossBase)
    expect(answerGradient(model, adapter, tokens, supervisedFrom)).toEqual(first)
    // The slope along the gradient is its length; nothing is left behind.
    const length = Math.hypot(...first.gradient)
    const step = (size: number): Float32Array => first.gradient.map((g) => (size * g) / length)
    const [less, more, same] = answerLossesAfter(model, adapter, tokens, supervisedFrom, [step(4e-3), step(-4e-3), new Float32Array(layout.size)])
    expect(Math.abs((more - less) / (8e-3 * length) - 1)).toBeLessThan(0.15)
    expect(same).toBe(first.loss)
    expect(answerGradient(model, adapter, tokens, supervisedFrom)).toEqual(first)
    expect(() => answerLossesAfter(model, adapter, tokens, supervisedFrom, [new Float32Array(2)])).toThrow(expect.objectContaining({ code: 'GRADIENT_PATH' }))
    expect(answerGradient(model, adapter, tokens, supervisedFrom, { movement: new Float32Array(layout.size), points: [500_000] })).toEqual(first)
    expect(() => answerGradient(model, adapter, tokens, supervisedFrom, { movement: new Float32Array(1), points: [1] })).toThrow(expect.objectContaining({ code: 'GRADIENT_PATH' }))
    const { adapter: untrained } = await train({ learningRate: 1e-12, steps: 1, weightDecay: 0 })
    const start = answerGradient(model, untrained, tokens, supervisedFrom)
    expect(start.loss).toBeCloseTo(start.lossBase, 5)
  })
})
