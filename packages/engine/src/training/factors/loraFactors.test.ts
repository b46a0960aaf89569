import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Backend, loadGgml } from '@openledger/tensor'
import { afterAll, describe, expect, it } from 'vitest'
import { randomAdapter } from '../../fixtures/randomAdapter.ts'
import { writeTinyModel } from '../../fixtures/writeTinyModel.ts'
import { loadModel } from '../../model/loadModel.ts'
import { adapterParameters } from '../AdapterParameters.ts'
import { AdapterProbe } from '../gradients/AdapterProbe.ts'
import type { TrainingExample } from '../TrainingExample.ts'
import { loraFactors } from './loraFactors.ts'

const folder = mkdtempSync(join(tmpdir(), 'lora-factors-'))
const backend = new Backend(loadGgml(), 1)
writeTinyModel(join(folder, 'model.gguf'), {})
const model = loadModel(join(folder, 'model.gguf'), backend)
const adapter = randomAdapter(model)
const { rank, alpha, targets } = adapter.config
const { weights, layout } = adapterParameters(adapter, model)
afterAll(() => {
  model.dispose()
  backend.dispose()
  rmSync(folder, { recursive: true })
})

const trace = (matrix: Float64Array): number => {
  const n = Math.sqrt(matrix.length)
  return Array.from({ length: n }, (_, i) => matrix[i * n + i]).reduce((sum, value) => sum + value, 0)
}

describe('loraFactors', () => {
  // With one token the gradient of a matrix is an outer product, so its squares are the product of both factors' diagonals.
  it('has the outer factors of the gradients of texts of one token', () => {
    const example: TrainingExample = { tokens: [17, 42], supervisedFrom: 1, group: 0 }
    const factors = loraFactors(model, { rank, alpha, targets }, weights, [example])
    const probe = new AdapterProbe(model, { rank, alpha, targets })
    const gradients: Float32Array[] = []
    probe.gradients(weights, [example], (_, gradient) => gradients.push(gradient))
    probe.dispose()
    expect(factors.map(({ slot }) => slot)).toEqual(layout.slots)
    for (const { slot, inputs, innerGradients, inner, outputGradients } of factors) {
      for (let k = 0; k < 20; k++) {
        const [r, i, o] = [k % slot.rank, (7 * k) % slot.input, (5 * k) % slot.output]
        const a = gradients[0][slot.offsetA + r * slot.input + i] ** 2
        expect(Math.abs(a - innerGradients[r * slot.rank + r] * inputs[i * slot.input + i])).toBeLessThan(1e-6 + 1e-4 * a)
        const b = gradients[0][slot.offsetB + o * slot.rank + r] ** 2
        expect(Math.abs(b - outputGradients[o * slot.output + o] * inner[r * slot.rank + r])).toBeLessThan(1e-6 + 1e-4 * b)
      }
    }
    expect(factors.some(({ outputGradients }) => trace(outputGradients) > 1e-6)).toBe(true)
  })

  it('adds up over examples, of equal and of other lengths', () => {
    const examples: TrainingExample[] = [[5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15]].map((tokens) => ({ tokens, supervisedFrom: 1, group: 0 }))
    const together = loraFactors(model, { rank, alpha, targets }, weights, examples)
    const alone = examples.map((example) => loraFactors(model, { rank, alpha, targets }, weights, [example]))
    together.forEach((factors, s) => {
      for (const name of ['inputs', 'innerGradients', 'inner', 'outputGradients'] as const) {
        const sum = alone.reduce((total, each) => total + trace(each[s][name]), 0)
        expect(trace(factors[name]) / sum).toBeCloseTo(1, 4)
      }
    })
  })
})
