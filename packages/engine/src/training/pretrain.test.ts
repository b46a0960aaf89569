import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { pretrain, type TrainingOptions } from './pretrain.ts'
import type { PretrainRecipe } from './PretrainRecipe.ts'
import { Random } from './Random.ts'

const shape = { vocab: 64, dim: 32, layers: 2, heads: 4, kvHeads: 2, ff: 64, ctx: 32, ropeTheta: 10000, rmsEps: 1e-5, tied: true }
const recipe: Partial<PretrainRecipe> = { steps: 12, length: 16, microRows: 4, accumulate: 2, warmup: 2, checkpointEvery: 5 }
const folder = mkdtempSync(join(tmpdir(), 'pretrain-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Counting sequences with a random start: next = previous + 3 modulo 60, after token 1 opens a document. */
function tokens(count: number): Uint16Array {
  const random = new Random(5)
  let value = 0
  return Uint16Array.from({ length: count }, (_, i) => {
    if (i % 11 === 0) {
      value = random.below(60)
      return 1
    }
    value = (value + 3) % 60
    return value + 2
  })
}
const data = { tokens: tokens(3000), documentStart: 1 }
const run = (extra: Partial<PretrainRecipe> = {}, options: TrainingOptions = {}) => pretrain(shape, data, { ...recipe, ...extra }, options)

describe('pretrain', () => {
  it('learns, and does not let workers change a byte', async () => {
    const long = await run({ steps: 60 })
    expect(long.losses[59]).toBeLessThan(0.6 * long.losses[0])
    const one = await run({ steps: 4 })
    const shared = await run({ steps: 4 }, { workers: 2 })
    expect(Buffer.from(shared.weights.buffer).equals(Buffer.from(one.weights.buffer))).toBe(true)
    const other = await run({ steps: 4, seed: 2 })
    expect(Buffer.from(other.weights.buffer).equals(Buffer.from(one.weights.buffer))).toBe(false)
  })

  it('goes on after a stop as if nothing had happened', async () => {
    const whole = await run()
    const checkpointDir = join(folder, 'stop')
    const controller = new AbortController()
    const stopped = run({}, { checkpointDir, signal: controller.signal, onProgress: (p) => (p.step === 7 ? controller.abort() : undefined) })
    await expect(stopped).rejects.toMatchObject({ code: 'TRAINING_STOPPED' })
    const seen: number[] = []
    const resumed = await run({}, { checkpointDir, onProgress: (p) => void seen.push(p.step) })
    expect(seen[0]).toBe(8)
    expect(resumed.losses).toEqual(whole.losses)
    expect(Buffer.from(resumed.weights.buffer).equals(Buffer.from(whole.weights.buffer))).toBe(true)
  })

  it('starts anew for another recipe and refuses a damaged checkpoint', async () => {
    const checkpointDir = join(folder, 'stop')
    const seen: number[] = []
    await run({ learningRate: 1e-3, steps: 6 }, { checkpointDir: join(folder, 'other') })
    await run({ learningRate: 2e-3, steps: 6 }, { checkpointDir: join(folder, 'other'), onProgress: (p) => void seen.push(p.step) })
    expect(seen[0]).toBe(1)
    const path = join(checkpointDir, 'pretrain.checkpoint')
    const bytes = readFileSync(path)
    bytes[bytes.length >> 1] ^= 1
    writeFileSync(path, bytes)
    await expect(run({}, { checkpointDir })).rejects.toMatchObject({ code: 'CHECKPOINT_DAMAGED' })
  })

  it('names a token outside the vocabulary', async () => {
    await expect(pretrain(shape, { tokens: new Uint16Array(100).fill(64) }, recipe)).rejects.toMatchObject({ code: 'TOKEN_RANGE' })
  })
})
