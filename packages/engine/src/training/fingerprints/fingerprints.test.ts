import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Backend, loadGgml } from '@openledger/tensor'
import { afterAll, describe, expect, it } from 'vitest'
import { writeTinyModel } from '../../fixtures/writeTinyModel.ts'
import { ForwardPass } from '../../forward/ForwardPass.ts'
import { KvCache } from '../../forward/KvCache.ts'
import { loadModel } from '../../model/loadModel.ts'
import { AdapterProbe } from '../gradients/AdapterProbe.ts'
import { initialAdapter } from '../initialAdapter.ts'
import { Random } from '../Random.ts'
import type { TrainingExample } from '../TrainingExample.ts'
import { GradientSketch, simHashBytes } from './GradientSketch.ts'
import { gradientDots } from './gradientDots.ts'
import { defaultFingerprintPlan, recordFingerprints } from './recordFingerprints.ts'

const folder = mkdtempSync(join(tmpdir(), 'fingerprints-'))
const backend = new Backend(loadGgml(), 1)
const path = join(folder, 'model.gguf')
writeTinyModel(path, {})
const model = loadModel(path, backend)
afterAll(() => {
  model.dispose()
  backend.dispose()
  rmSync(folder, { recursive: true })
})

const random = new Random(3)
const examples: TrainingExample[] = [19, 7, 12, 31].map((length) => ({ tokens: Array.from({ length }, () => 4 + random.below(200)), supervisedFrom: 1 + random.below(length - 1), group: 0 }))
const distance = (a: Uint8Array, b: Uint8Array): number => a.reduce((sum, byte, i) => sum + (byte ^ b[i]).toString(2).replaceAll('0', '').length, 0)

describe('GradientSketch', () => {
  it.each([0.2, 0.5, 0.9, 1.4, 2.5])('differs in a share of bits that tells an angle of %d', (angle) => {
    const [a, b] = [0, 1].map(() => Float32Array.from({ length: 5000 }, () => random.normal()))
    const turned = a.map((value, i) => Math.cos(angle) * value + Math.sin(angle) * b[i])
    const sketch = new GradientSketch(5000, 7)
    // Four standard deviations of 8,192 draws, and what two random vectors lack of a right angle.
    expect(Math.abs(distance(sketch.hash(a), sketch.hash(turned)) / 8192 - angle / Math.PI)).toBeLessThan(0.03)
  })

  it('depends on direction and seed alone', () => {
    const gradient = Float32Array.from({ length: 3000 }, () => random.normal())
    const hash = new GradientSketch(3000, 7).hash(gradient)
    expect(new GradientSketch(3000, 7).hash(gradient.map((v) => v * 64))).toEqual(hash)
    expect(Math.abs(distance(new GradientSketch(3000, 8).hash(gradient), hash) - 4096)).toBeLessThan(200)
    expect(new GradientSketch(3000, 7).hash(new Float32Array(3000))).toEqual(new Uint8Array(simHashBytes))
  })

  it('tells a sparse gradient by its few parameters, wherever they lie', () => {
    const sketch = new GradientSketch(100_000, 1)
    const one = (at: number) => sketch.hash(new Float32Array(100_000).fill(1, at, at + 1))
    expect(Math.abs(distance(one(5), one(99_000)) - 4096)).toBeLessThan(200)
  })
})

describe('recordFingerprints', () => {
  it('are of the gradient that each example has alone, and of its hidden states', async () => {
    const found = await recordFingerprints(model, examples, { plan: { precision: 'f32' } })
    const probe = new AdapterProbe(model, defaultFingerprintPlan)
    const sketch = new GradientSketch(probe.layout.size, defaultFingerprintPlan.seed)
    probe.gradients(initialAdapter(probe.layout, defaultFingerprintPlan.seed), examples, (i, gradient) => {
      expect(distance(found[i].simhash, sketch.hash(gradient))).toBeLessThan(8)
    })
    probe.dispose()
    const cache = new KvCache(model.config, backend, { slots: 1, positions: 64, type: 'F32' })
    const forward = new ForwardPass(model, cache)
    examples.forEach(({ tokens }, i) => {
      const read = Array.from(tokens).slice(0, -1)
      const [rows] = forward.run([{ slot: 0, past: 0, tokens: read, outputs: read.map((_, at) => at), result: 'hidden', adapters: [] }])
      const mean = found[i].embedding.map((_, k) => rows.reduce((sum, row) => sum + row[k], 0))
      const norm = Math.hypot(...mean)
      mean.forEach((value, k) => expect(found[i].embedding[k]).toBeCloseTo(value / norm, 4))
    })
    forward.dispose()
    cache.dispose()
  })

  it('do not depend on weights and groups, and come in the order given', async () => {
    const found = await recordFingerprints(model, examples)
    expect(await recordFingerprints(model, examples.map((e) => ({ ...e, weight: 0, group: 3 })))).toEqual(found)
    const turned = (await recordFingerprints(model, examples.toReversed())).toReversed()
    turned.forEach(({ simhash }, i) => expect(distance(simhash, found[i].simhash)).toBeLessThan(40))
  })

  it('say what they cannot do', async () => {
    await expect(recordFingerprints(model, [])).rejects.toMatchObject({ code: 'EXAMPLE_NONE' })
    await expect(recordFingerprints(model, examples, { weights: new Float32Array(3) })).rejects.toMatchObject({ code: 'FINGERPRINT_WEIGHTS' })
    await expect(recordFingerprints(model, examples, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'FINGERPRINT_STOPPED' })
  })
})

describe('gradientDots', () => {
  it('are those of the gradients, and what the signs estimate', async () => {
    const [query, ...others] = examples
    const { dots, cosines } = gradientDots(model, query, others)
    const probe = new AdapterProbe(model, defaultFingerprintPlan)
    const gradients: Float32Array[] = []
    probe.gradients(initialAdapter(probe.layout, defaultFingerprintPlan.seed), examples, (i, gradient) => (gradients[i] = gradient))
    probe.dispose()
    const product = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * b[i], 0)
    const found = await recordFingerprints(model, examples, { plan: { precision: 'f32' } })
    others.forEach((_, i) => {
      const expected = product(gradients[0], gradients[i + 1])
      expect(Math.abs(dots[i] - expected)).toBeLessThan(1e-4 * Math.abs(expected))
      expect(cosines[i]).toBeCloseTo(expected / Math.sqrt(product(gradients[0], gradients[0]) * product(gradients[i + 1], gradients[i + 1])), 4)
      // 8,192 signs tell an angle to ± 0.55 %.
      expect(Math.abs(Math.acos(cosines[i]) / Math.PI - distance(found[0].simhash, found[i + 1].simhash) / 8192)).toBeLessThan(0.03)
    })
  })
})
