import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Backend, loadGgml } from '@openledger/tensor'
import { afterAll, describe, expect, it } from 'vitest'
import { randomAdapter } from '../../fixtures/randomAdapter.ts'
import { writeTinyModel } from '../../fixtures/writeTinyModel.ts'
import { loadModel } from '../../model/loadModel.ts'
import { adapterParameters } from '../AdapterParameters.ts'
import { answerGradient, releaseAnswerGradients } from '../answerGradient.ts'
import { Random } from '../Random.ts'
import type { TrainingExample } from '../TrainingExample.ts'
import { AdapterProbe } from './AdapterProbe.ts'

const folder = mkdtempSync(join(tmpdir(), 'adapter-probe-'))
const backend = new Backend(loadGgml(), 1)
const path = join(folder, 'model.gguf')
writeTinyModel(path, {})
const model = loadModel(path, backend)
const adapter = randomAdapter(model)
const { rank, alpha, targets } = adapter.config
const { weights, layout } = adapterParameters(adapter, model)
const random = new Random(5)
const examples: TrainingExample[] = [19, 7, 12, 9, 33].map((length, i) => ({
  tokens: Array.from({ length }, () => 4 + random.below(200)),
  supervisedFrom: 1 + random.below(length - 1),
  group: 0,
  weight: i === 2 ? 0.5 : 1,
}))
const probe = new AdapterProbe(model, { rank, alpha, targets })
afterAll(() => {
  probe.dispose()
  releaseAnswerGradients(model)
  model.dispose()
  backend.dispose()
  rmSync(folder, { recursive: true })
})

describe('AdapterProbe', () => {
  it('gives each example the losses and the gradient that it has alone', () => {
    expect(probe.layout).toEqual(layout)
    const tuned = probe.losses(weights, examples)
    const bare = probe.losses(null, examples)
    let seen = 0
    probe.gradients(weights, examples, (i, gradient, loss) => {
      seen++
      const alone = answerGradient(model, adapter, examples[i].tokens, examples[i].supervisedFrom)
      expect(loss).toBeCloseTo(alone.loss, 5)
      expect(tuned[i]).toBeCloseTo(alone.loss, 5)
      expect(bare[i]).toBeCloseTo(alone.lossBase, 5)
      let [error, size] = [0, 0]
      gradient.forEach((value, at) => {
        error += (value - alone.gradient[at]) ** 2
        size += alone.gradient[at] ** 2
      })
      expect(Math.sqrt(error / size)).toBeLessThan(1e-4)
    })
    expect(seen).toBe(examples.length)
  })

  it('measures at the parameters it is given, and refuses what is no example', () => {
    const nothing = probe.losses(new Float32Array(layout.size), examples)
    probe.losses(null, examples).forEach((loss, i) => expect(nothing[i]).toBeCloseTo(loss, 5))
    expect(probe.losses(weights, examples)[0]).not.toBeCloseTo(nothing[0], 3)
    expect(() => probe.losses(null, [{ tokens: [1, 9999], supervisedFrom: 1, group: 0 }])).toThrow(/vocabulary/)
    expect(probe.losses(null, [])).toHaveLength(0)
  })
})
