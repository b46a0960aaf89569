import { Backend, loadGgml } from '@openledger/tensor'
import { afterAll, describe, expect, it } from 'vitest'
import { FullModel } from './FullModel.ts'
import { causalMask } from './graph/causalMask.ts'
import type { Precision } from './graph/GraphBuild.ts'
import { initialWeights } from './initialWeights.ts'
import { fullShape } from './ModelShape.ts'
import { parameterLayout } from './parameterLayout.ts'
import { Random } from './Random.ts'

const backend = new Backend(loadGgml(), 1)
afterAll(() => backend.dispose())

function setUp(tied: boolean, precision: Precision, layers = 2) {
  const shape = fullShape({ vocab: 96, dim: 64, layers, heads: 4, kvHeads: 2, ff: 96, ctx: 32, ropeTheta: 10000, rmsEps: 1e-5, tied })
  const layout = parameterLayout(shape)
  const weights = initialWeights(shape, layout, 7)
  const random = new Random(3)
  for (const slot of layout.slots) {
    if (slot.shape.length === 1) for (let i = 0; i < slot.size; i++) weights[slot.offset + i] = 0.5 + random.uniform()
  }
  const model = new FullModel(backend, shape, weights, precision)
  const [length, rows] = [12, 3]
  const total = length * rows
  const inputs = {
    tokens: Int32Array.from({ length: total }, () => random.below(shape.vocab)),
    targets: Int32Array.from({ length: total }, () => random.below(shape.vocab)),
    weights: Float32Array.from({ length: total }, (_, i) => (i % 5 === 0 ? 0 : 1 / total)),
  }
  const graph = model.graph({ length, rows, supervised: 0 }, { ownMasks: true })
  const starts = Int32Array.from({ length: total }, (_, i) => (i % length >= 5 && i < length ? 5 : 0))
  const mask = causalMask(length, rows, starts)
  const loss = () => {
    model.upload()
    return graph.run({ ...inputs, mask }).reduce((sum, p, i) => sum - inputs.weights[i] * Math.log(p), 0)
  }
  return { model, graph, layout, weights, loss, random, inputs, mask, length }
}

/** Directional derivative by central differences against the inner product with the gradient, for one parameter. */
function compare(s: ReturnType<typeof setUp>, gradient: Float32Array, name: string, step: number): { measured: number; predicted: number } {
  const slot = s.layout.byName.get(name)!
  const part = s.weights.subarray(slot.offset, slot.offset + slot.size)
  const own = gradient.subarray(slot.offset, slot.offset + slot.size)
  const norm = Math.sqrt(own.reduce((sum, g) => sum + g * g, 0))
  const direction = Float32Array.from(own, (g) => g / norm + (0.5 * s.random.normal()) / Math.sqrt(own.length))
  const kept = part.slice()
  const at = (times: number) => {
    for (let i = 0; i < part.length; i++) part[i] = kept[i] + times * step * direction[i]
    return s.loss()
  }
  const slope = (h: number) => (at(h) - at(-h)) / (2 * h * step)
  const measured = (4 * slope(1) - slope(2)) / 3 // Richardson: the third derivative drops out
  part.set(kept)
  return { measured, predicted: own.reduce((sum, g, i) => sum + g * direction[i], 0) }
}

describe('gradients of all parameters', () => {
  it.each([
    [true, 'f32', 0.01],
    [false, 'f32', 0.01],
    [true, 'bf16', 0.12],
  ] as const)('agree with finite differences (tied %s, %s)', (tied, precision, tolerance) => {
    const s = setUp(tied, precision)
    s.loss()
    const gradient = new Float32Array(s.layout.size)
    s.model.collect(s.graph, gradient)
    let checked = 0
    for (const slot of s.layout.slots) {
      const { measured, predicted } = compare(s, gradient, slot.name, precision === 'f32' ? 0.02 : 0.1)
      expect(Math.abs(measured - predicted), `${slot.name}: ${measured} against ${predicted}`).toBeLessThan(tolerance * Math.abs(predicted))
      checked++
    }
    expect(checked).toBe(tied ? 20 : 21)
    s.graph.dispose()
    s.model.dispose()
  })

  it('do not depend on the number of threads', () => {
    const s = setUp(true, 'bf16', 1)
    const [one, two] = [new Float32Array(s.layout.size), new Float32Array(s.layout.size)]
    s.loss()
    s.model.collect(s.graph, one)
    backend.threads = 2
    s.loss()
    backend.threads = 1
    s.model.collect(s.graph, two)
    expect(Buffer.from(two.buffer).equals(Buffer.from(one.buffer))).toBe(true)
    s.graph.dispose()
    s.model.dispose()
  })

  it('notice a planted error', () => {
    const s = setUp(true, 'f32')
    s.loss()
    const gradient = new Float32Array(s.layout.size)
    s.model.collect(s.graph, gradient)
    const slot = s.layout.byName.get('blk.1.attn_k.weight')!
    for (let i = 0; i < slot.size; i++) gradient[slot.offset + i] *= 1.1
    const { measured, predicted } = compare(s, gradient, slot.name, 0.02)
    expect(Math.abs(measured - predicted)).toBeGreaterThan(0.01 * Math.abs(predicted))
  })

  it('do not cross document borders or rows', () => {
    const s = setUp(true, 'f32')
    const before = s.graph.run({ ...s.inputs, mask: s.mask })
    s.inputs.tokens[2] = (s.inputs.tokens[2] + 1) % 96 // first document of row 0
    const after = s.graph.run({ ...s.inputs, mask: s.mask })
    for (let i = 0; i < after.length; i++) {
      if (i < 2 || i >= 5) expect(after[i]).toBe(before[i])
    }
    expect(after[2]).not.toBe(before[2])
  })
})
