import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Backend, loadGgml } from '@openledger/tensor'
import { afterAll, describe, expect, it } from 'vitest'
import { writeTinyModel } from '../../fixtures/writeTinyModel.ts'
import { loadModel } from '../../model/loadModel.ts'
import type { AdapterRecipe } from '../AdapterRecipe.ts'
import { Random } from '../Random.ts'
import { trainAdapter } from '../trainAdapter.ts'
import type { TrainingExample } from '../TrainingExample.ts'
import { fullCoalition, leaveOneOut } from './Coalition.ts'
import { responsesOf } from './responsesOf.ts'
import { trainTogether } from './trainTogether.ts'

const folder = mkdtempSync(join(tmpdir(), 'train-together-'))
const backend = new Backend(loadGgml(), 1)
const path = join(folder, 'base.gguf')
writeTinyModel(path, { type: 'Q8_0' })
const model = loadModel(path, backend)
afterAll(() => {
  model.dispose()
  backend.dispose()
  rmSync(folder, { recursive: true })
})

const random = new Random(3)
const examples: TrainingExample[] = Array.from({ length: 18 }, (_, i) => ({
  tokens: Array.from({ length: 8 + random.below(20) }, () => 4 + random.below(200)),
  supervisedFrom: 5,
  group: i % 3,
}))
const recipe: Partial<AdapterRecipe> = { epochs: 3, batchSize: 7, rank: 4, warmup: 2, learningRate: 0.01, weightDecay: 0.1, microTokens: 96, checkpointEvery: 3 }
const bytes = (values: Float32Array): Buffer => Buffer.from(values.buffer, values.byteOffset, values.byteLength)

describe('trainTogether', () => {
  it('gives the coalition of ones the bytes of trainAdapter', async () => {
    const alone = await trainAdapter(model, examples, recipe)
    const { adapters } = await trainTogether(model, examples, recipe, leaveOneOut(3))
    expect(bytes(adapters[0]).equals(bytes(alone.weights))).toBe(true)
    expect(bytes(adapters[1]).equals(bytes(alone.weights))).toBe(false)
  })

  it('leaves a contributor out by taking its gradients away, with the denominator of the whole batch', async () => {
    // With a large eps the first step is linear in the gradient, so that the movements of two halves add up to the whole one.
    const linear = { ...recipe, batchSize: 18, steps: 1, warmup: 0, schedule: 'constant', clipNorm: 0, eps: 1e4, learningRate: 1e4, weightDecay: 0 } as const
    const { adapters, initial } = await trainTogether(model, examples, linear, [fullCoalition(3), { weights: [1, 0, 0.5] }, { weights: [0, 1, 0.5] }, { weights: [0, 0, 0] }])
    const [whole, left, right, none] = adapters.map((adapter) => adapter.map((value, i) => value - initial[i]))
    const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    expect(largest(left)).toBeGreaterThan(1e-3)
    expect(largest(right)).toBeGreaterThan(1e-3)
    expect(largest(whole.map((value, i) => value - left[i] - right[i]))).toBeLessThan(1e-4 * largest(whole))
    expect(largest(none)).toBe(0)
  })

  it('gives a coalition the same bytes in any company', async () => {
    const together = await trainTogether(model, examples, recipe, leaveOneOut(3))
    const alone = await trainTogether(model, examples, recipe, [leaveOneOut(3)[2]])
    expect(bytes(together.adapters[2]).equals(bytes(alone.adapters[0]))).toBe(true)
  })

  it('computes responses, and refuses to without the coalitions they need', async () => {
    const result = await trainTogether(model, examples, { ...recipe, steps: 4 }, leaveOneOut(3))
    const responses = responsesOf(result)
    expect(responses).toHaveLength(3)
    expect(responses[1][7]).toBe(Math.fround(result.adapters[0][7] - result.adapters[2][7]))
    const { coalitions, adapters } = result
    expect(() => responsesOf({ coalitions: coalitions.slice(0, 3), adapters })).toThrow(expect.objectContaining({ code: 'COALITION_MISSING' }))
  })

  it('goes on after a stop as if nothing had happened', async () => {
    const whole = await trainTogether(model, examples, recipe, leaveOneOut(3))
    const options = { checkpointDir: join(folder, 'stop') }
    const controller = new AbortController()
    const stopped = trainTogether(model, examples, recipe, leaveOneOut(3), { ...options, signal: controller.signal, onProgress: ({ step }) => (step === 4 ? controller.abort() : undefined) })
    await expect(stopped).rejects.toMatchObject({ code: 'TRAINING_STOPPED' })
    const seen: number[] = []
    const resumed = await trainTogether(model, examples, recipe, leaveOneOut(3), { ...options, onProgress: ({ step }) => void seen.push(step) })
    expect(seen[0]).toBe(5)
    resumed.adapters.forEach((adapter, c) => expect(bytes(adapter).equals(bytes(whole.adapters[c]))).toBe(true))
  })

  it('refuses coalitions that do not fit', async () => {
    const refused = (weights: number[][]) => trainTogether(model, examples, recipe, weights.map((each) => ({ weights: each })))
    await expect(refused([])).rejects.toMatchObject({ code: 'COALITION_NONE' })
    await expect(refused([[1, 1]])).rejects.toMatchObject({ code: 'COALITION_WEIGHTS' })
    await expect(refused([[1, 1, 1], [1, -1, 1]])).rejects.toMatchObject({ code: 'COALITION_WEIGHTS' })
    await expect(refused([[1, 1, Number.NaN]])).rejects.toMatchObject({ code: 'COALITION_WEIGHTS' })
  })
})
