import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { writeTinyModel } from '../fixtures/writeTinyModel.ts'
import { EngineHost } from './EngineHost.ts'

const folder = mkdtempSync(join(tmpdir(), 'example-losses-'))
const path = join(folder, 'tiny.gguf')
writeTinyModel(path)
const host = new EngineHost({ threads: 1, positions: 128 })
afterAll(async () => {
  await host.close()
  rmSync(folder, { recursive: true })
})

describe('exampleLosses', () => {
  it('measures each example at each of several adapters, in an order that does not matter', async () => {
    await host.loadModel(path)
    const examples = [9, 14, 6].map((length, group) => ({ tokens: Array.from({ length }, (_, i) => 5 + ((7 * i + 31 * group) % 200)), supervisedFrom: 4, group }))
    const recipe = { rank: 2, alpha: 2, epochs: 30, batchSize: 3, learningRate: 0.02, warmup: 1 }
    const trained = await host.train({ examples, recipe, outputFolder: join(folder, 'adapter') })
    const shape = { rank: 2, alpha: 2, targets: trained.recipe.targets }
    const [before, after] = await host.exampleLosses([trained.initial, trained.weights], shape, examples)
    expect(before).toHaveLength(3)
    examples.forEach((_, i) => expect(after[i]).toBeLessThan(0.8 * before[i]))
    const [again] = await host.exampleLosses([trained.weights], shape, examples)
    expect(again).toEqual(after)
    const weighted = after.reduce((sum, loss, i) => sum + loss * (examples[i].tokens.length - 4), 0) / examples.reduce((sum, { tokens }) => sum + tokens.length - 4, 0)
    expect(weighted).toBeCloseTo(trained.lossFinal, 1)
    await expect(host.exampleLosses([trained.weights], shape, [{ tokens: [1], supervisedFrom: 1, group: 0 }])).rejects.toMatchObject({ code: 'EXAMPLE_LENGTH' })
  }, 30_000)
})
