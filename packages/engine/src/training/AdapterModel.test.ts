import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Backend, loadGgml } from '@openledger/tensor'
import { afterAll, describe, expect, it } from 'vitest'
import { randomAdapter } from '../fixtures/randomAdapter.ts'
import { writeTinyModel, type TinyModelOptions } from '../fixtures/writeTinyModel.ts'
import { loadModel } from '../model/loadModel.ts'
import { AdapterModel } from './AdapterModel.ts'
import { adapterFromParameters, adapterParameters } from './AdapterParameters.ts'
import { FrozenBase } from './FrozenBase.ts'
import type { Precision } from './graph/GraphBuild.ts'
import { Random } from './Random.ts'
import { StepGradients } from './StepGradients.ts'
import type { TrainingExample } from './TrainingExample.ts'

const folder = mkdtempSync(join(tmpdir(), 'adapter-model-'))
const backend = new Backend(loadGgml(), 1)
afterAll(() => {
  backend.dispose()
  rmSync(folder, { recursive: true })
})

const random = new Random(11)
const examples: TrainingExample[] = [19, 7, 12, 9, 30].map((length, i) => ({
  tokens: Array.from({ length }, () => 4 + random.below(240)),
  supervisedFrom: 1 + random.below(length - 1),
  group: i % 3,
  weight: i === 2 ? 0.5 : 1,
}))

function setUp(options: TinyModelOptions, precision: Precision) {
  const path = join(folder, `${JSON.stringify(options).replace(/\W/g, '')}.gguf`)
  writeTinyModel(path, options)
  const model = loadModel(path, backend)
  const { layout, weights } = adapterParameters(randomAdapter(model), model)
  const base = new FrozenBase(model, precision)
  const adapted = new AdapterModel(base, layout, weights)
  const gradients = new StepGradients(layout.size, 3)
  const loss = () => {
    adapted.upload()
    return gradients.compute(adapted, examples, 64).loss
  }
  const dispose = () => {
    adapted.dispose()
    base.dispose()
    model.dispose()
  }
  return { model, layout, weights, gradients, loss, dispose }
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i], 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

describe('LoRA gradients', () => {
  it.each<[TinyModelOptions, Precision, number]>([
    [{}, 'f32', 0.01],
    [{ tied: false, ropeFactors: true }, 'f32', 0.02],
    [{ architecture: 'qwen2' }, 'f32', 0.01],
    [{ architecture: 'qwen3' }, 'f32', 0.01],
    [{ type: 'BF16' }, 'bf16', 0.15],
  ])('agree with finite differences: %j, %s', (options, precision, tolerance) => {
    const s = setUp(options, precision)
    s.loss()
    const gradient = s.gradients.total.slice()
    let checked = 0
    for (const slot of s.layout.slots) {
      for (const [from, to] of [
        [slot.offsetA, slot.offsetB],
        [slot.offsetB, slot.offsetB + slot.rank * slot.output],
      ]) {
        const part = s.weights.subarray(from, to)
        const own = gradient.subarray(from, to)
        const norm = Math.sqrt(own.reduce((sum, g) => sum + g * g, 0))
        const direction = Float32Array.from(own, (g) => g / norm + (0.5 * random.normal()) / Math.sqrt(own.length))
        const kept = part.slice()
        const at = (h: number) => {
          for (let i = 0; i < part.length; i++) part[i] = kept[i] + h * direction[i]
          return s.loss()
        }
        const h = precision === 'f32' ? 0.01 : 0.1
        const slope = (times: number) => (at(times * h) - at(-times * h)) / (2 * times * h)
        const measured = (4 * slope(1) - slope(2)) / 3
        part.set(kept)
        const predicted = own.reduce((sum, g, i) => sum + g * direction[i], 0)
        expect(Math.abs(measured - predicted), `${slot.name} ${from}: ${measured} against ${predicted}`).toBeLessThan(tolerance * Math.abs(predicted) + 1e-4)
        checked++
      }
    }
    expect(checked).toBe(28)
    s.dispose()
  })

  it.each<[TinyModelOptions['type'], Precision, number]>([
    ['F16', 'f32', 0.9999],
    ['BF16', 'bf16', 0.999],
    ['Q8_0', 'f32', 0.99],
    ['Q8_0', 'bf16', 0.99],
  ])('on a base in %s with %s point where those of the F32 base point', (type, precision, least) => {
    const reference = setUp({}, 'f32')
    const reduced = setUp({ type }, precision)
    expect(Math.abs(reduced.loss() - reference.loss())).toBeLessThan(0.05)
    expect(cosine(reduced.gradients.total, reference.gradients.total)).toBeGreaterThan(least)
    reference.dispose()
    reduced.dispose()
  })

  it('do not depend on the number of threads', () => {
    const s = setUp({ type: 'Q8_0', layers: 1 }, 'bf16')
    s.loss()
    const one = s.gradients.total.slice()
    backend.threads = 2
    s.loss()
    backend.threads = 1
    expect(Buffer.from(s.gradients.total.buffer).equals(Buffer.from(one.buffer))).toBe(true)
    s.dispose()
  })

  it('split exactly by contributor, whatever shares a batch with them', () => {
    const s = setUp({}, 'f32')
    s.loss()
    const parts = s.gradients.byGroup.map((part) => part!.slice())
    const total = s.gradients.total.slice()
    const whole = examples.reduce((sum, e) => sum + (e.weight ?? 1) * (e.tokens.length - e.supervisedFrom), 0)
    parts.forEach((part, group) => {
      const own = examples.filter((example) => example.group === group)
      const share = own.reduce((sum, e) => sum + (e.weight ?? 1) * (e.tokens.length - e.supervisedFrom), 0) / whole
      const alone = new StepGradients(s.layout.size, 3)
      const base = new FrozenBase(s.model, 'f32')
      const model = new AdapterModel(base, s.layout, s.weights)
      alone.compute(model, own, 64)
      for (let i = 0; i < part.length; i += 37) expect(part[i]).toBeCloseTo(share * alone.total[i], 5)
      model.dispose()
      base.dispose()
    })
    for (let i = 0; i < total.length; i += 7) expect(parts[0][i] + parts[1][i] + parts[2][i]).toBeCloseTo(total[i], 5)
    s.dispose()
  })

  it('come in an order that adapters keep', () => {
    const s = setUp({}, 'f32')
    const adapter = adapterFromParameters({ layout: s.layout, weights: s.weights }, { rank: 4, alpha: 8, targets: s.layout.slots.map((slot) => slot.module) }, s.model)
    const back = adapterParameters(adapter, s.model)
    expect(back.layout).toEqual(s.layout)
    expect(Buffer.from(back.weights.buffer).equals(Buffer.from(s.weights.buffer))).toBe(true)
    expect(adapter.id).toBe(randomAdapter(s.model).id)
    s.dispose()
  })
})
