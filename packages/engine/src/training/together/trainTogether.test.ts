import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Backend, loadGgml } from '@openledger/tensor'
import { afterAll, describe, expect, it } from 'vitest'
import { writeTinyModel } from '../../fixtures/writeTinyModel.ts'
import { loadModel } from '../../model/loadModel.ts'
import { fullAdapterRecipe, type AdapterRecipe } from '../AdapterRecipe.ts'
import { exampleOrder } from '../exampleOrder.ts'
import { Random } from '../Random.ts'
import { trainAdapter } from '../trainAdapter.ts'
import type { TrainingExample } from '../TrainingExample.ts'
import { fullCoalition, leaveOneOut } from './Coalition.ts'
import { responsesOf } from './responsesOf.ts'
import { trainTogether } from './trainTogether.ts'

const folder = mkdtempSync(join(tmpdir(), 'train-together-'))
const backend = new Backend(loadGgml(), 1)
const path = join(folder, 'base.gguf')
writeTinyModel(path, { type: 'F32' })
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
    const linear = { ...recipe, precision: 'f32', batchSize: 18, steps: 1, warmup: 0, schedule: 'constant', clipNorm: 0, eps: 1e4, learningRate: 1e4, weightDecay: 0 } as const
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
    const alone = await trainTogether(model, examples, recipe, [leaveOneOut(3)[2]], { graphTokens: 1 })
    expect(bytes(together.adapters[2]).equals(bytes(alone.adapters[0]))).toBe(true)
    const outlier = examples.map((example, i) => (i === 4 ? { ...example, weight: 50 } : example))
    const clipped = await trainTogether(model, outlier, { ...recipe, exampleClip: 2, steps: 4 }, leaveOneOut(3))
    const { weights } = await trainAdapter(model, outlier, { ...recipe, exampleClip: 2, steps: 4 })
    expect(bytes(clipped.adapters[0]).equals(bytes(weights))).toBe(true)
    const one = await trainTogether(model, outlier, { ...recipe, exampleClip: 2, steps: 4 }, [leaveOneOut(3)[2]])
    expect(bytes(clipped.adapters[2]).equals(bytes(one.adapters[0]))).toBe(true)
  })

  it('is the full run until the first missing record comes up', async () => {
    const ordered = exampleOrder(examples, fullAdapterRecipe(recipe))
    const late = ordered(1)[0]
    const own = examples.map((example) => (example === late ? { ...example, group: 3 } : example))
    for (const subsample of [undefined, 0.5]) {
      const at = (steps: number) => trainTogether(model, own, { ...recipe, steps, schedule: 'constant' }, [fullCoalition(4), { weights: [1, 1, 1, 0] }], { subsample })
      const [one, two] = [await at(1), await at(2)]
      expect(bytes(one.adapters[0]).equals(bytes(one.adapters[1]))).toBe(true)
      expect(bytes(two.adapters[0]).equals(bytes(two.adapters[1]))).toBe(false)
    }
  })

  it('subsampled, with all of each batch gives what exact training gives, and with a part comes close', async () => {
    const smooth = { ...recipe, precision: 'f32', epsRoot: 1e-6, steps: 6, learningRate: 0.003 } as const
    const exact = await trainTogether(model, examples, smooth, leaveOneOut(3))
    const relative = async (subsample: number): Promise<number[]> => {
      const result = await trainTogether(model, examples, smooth, leaveOneOut(3), { subsample })
      expect(result.method).toBe('responses-subsampled')
      expect(bytes(result.adapters[0]).equals(bytes(exact.adapters[0]))).toBe(true)
      const size = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
      const expected = responsesOf(exact)
      return responsesOf(result).map((response, a) => size(response.map((value, i) => value - expected[a][i])) / size(expected[a]))
    }
    for (const error of await relative(1)) expect(error).toBeLessThan(0.005)
    const part = await relative(0.5)
    for (const error of part) expect(error).toBeLessThan(0.5)
    expect(Math.max(...part)).toBeGreaterThan(0.01)
    await expect(relative(0)).rejects.toMatchObject({ code: 'SUBSAMPLE' })
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
    for (const subsample of [undefined, 0.5]) {
      const whole = await trainTogether(model, examples, recipe, leaveOneOut(3), { subsample })
      for (const at of [1, 4]) {
        const options = { checkpointDir: join(folder, `stop ${subsample} ${at}`), subsample }
        const controller = new AbortController()
        const stopped = trainTogether(model, examples, recipe, leaveOneOut(3), { ...options, signal: controller.signal, onProgress: ({ step }) => (step === at ? controller.abort() : undefined) })
        await expect(stopped).rejects.toMatchObject({ code: 'TRAINING_STOPPED' })
        const seen: number[] = []
        const resumed = await trainTogether(model, examples, recipe, leaveOneOut(3), { ...options, onProgress: ({ step }) => void seen.push(step) })
        expect(seen[0]).toBe(at + 1)
        resumed.adapters.forEach((adapter, c) => expect(bytes(adapter).equals(bytes(whole.adapters[c]))).toBe(true))
      }
    }
  })

  it('refuses coalitions that do not fit', async () => {
    const refused = (weights: number[][]) => trainTogether(model, examples, recipe, weights.map((each) => ({ weights: each })))
    await expect(refused([])).rejects.toMatchObject({ code: 'COALITION_NONE' })
    await expect(refused([[1, 1]])).rejects.toMatchObject({ code: 'COALITION_WEIGHTS' })
    await expect(refused([[1, 1, 1], [1, -1, 1]])).rejects.toMatchObject({ code: 'COALITION_WEIGHTS' })
    await expect(refused([[1, 1, Number.NaN]])).rejects.toMatchObject({ code: 'COALITION_WEIGHTS' })
  })
})
