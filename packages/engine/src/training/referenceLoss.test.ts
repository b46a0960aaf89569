import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Backend, loadGgml, ReferenceModel } from '@openledger/tensor'
import { afterAll, describe, expect, it } from 'vitest'
import { encodeGgufAdapter } from '../adapter/ggufAdapter.ts'
import { randomAdapter } from '../fixtures/randomAdapter.ts'
import { writeTinyModel, type TinyModelOptions } from '../fixtures/writeTinyModel.ts'
import { encodeTensor } from '../gguf/encodeTensor.ts'
import { readGguf } from '../gguf/readGguf.ts'
import { writeGguf } from '../gguf/writeGguf.ts'
import { loadModel } from '../model/loadModel.ts'
import { logSumExp } from '../sampling/logProbability.ts'
import { answerGradient, releaseAnswerGradients } from './answerGradient.ts'
import { FullModel } from './FullModel.ts'
import { initialWeights } from './initialWeights.ts'
import { fullShape } from './ModelShape.ts'
import { namedTensors } from './namedTensors.ts'
import { parameterLayout } from './parameterLayout.ts'

const ggml = loadGgml()
const backend = new Backend(ggml, 1)
const folder = mkdtempSync(join(tmpdir(), 'reference-loss-'))
afterAll(() => {
  backend.dispose()
  rmSync(folder, { recursive: true })
})

/** Mean negative log-likelihood of tokens[from..] under rows of logits, as libllama gives them. */
function referenceLoss(logits: Float32Array, vocab: number, tokens: readonly number[], from: number): number {
  let loss = 0
  for (let i = from; i < tokens.length; i++) {
    const row = logits.subarray((i - 1) * vocab, i * vocab)
    loss += logSumExp(row) - row[tokens[i]!]!
  }
  return loss / (tokens.length - from)
}

describe('the loss that is trained', () => {
  it.each<[string, TinyModelOptions, number]>([
    ['F32', {}, 1e-4],
    // libllama rounds activations to 8 bits where weights are quantised; the trainer does not.
    ['Q8_0', { type: 'Q8_0' }, 0.03],
    ['rope factors, untied', { ropeFactors: true, tied: false }, 1e-4],
    ['qwen2', { architecture: 'qwen2' }, 1e-4],
    ['qwen3', { architecture: 'qwen3', headWidth: 32 }, 1e-4],
  ])('is that of libllama, with and without an adapter: %s', (name, options, tolerance) => {
    const path = join(folder, `${name.replace(/\W+/g, '-')}.gguf`)
    writeTinyModel(path, options)
    const model = loadModel(path, backend)
    const reference = new ReferenceModel(ggml, path, { context: 128, threads: 1 })
    const tokens = model.vocabulary.tokenize('who lives in the red house? the river runs past the mill.', { addSpecial: true, parseSpecial: false })
    const size = model.config.vocabulary
    const adapter = randomAdapter(model)
    const from = 6
    const { loss, lossBase } = answerGradient(model, adapter, tokens, from)
    expect(Math.abs(lossBase - referenceLoss(reference.logits(tokens), size, tokens, from))).toBeLessThan(tolerance)
    const file = join(folder, 'adapter.gguf')
    writeFileSync(file, encodeGgufAdapter(adapter, model.config.architecture))
    reference.setAdapter(file)
    const expected = referenceLoss(reference.logits(tokens), size, tokens, from)
    expect(Math.abs(loss - expected)).toBeLessThan(tolerance)
    expect(Math.abs(lossBase - expected)).toBeGreaterThan(0.01)
    reference.dispose()
    releaseAnswerGradients(model)
    model.dispose()
  })

  it('is that of libllama for exported pretrained weights', () => {
    const template = join(folder, 'template.gguf')
    writeTinyModel(template)
    const { metadata, tensors } = readGguf(template)
    const vocab = tensors.get('token_embd.weight')!.shape[1]!
    const shape = fullShape({ vocab, dim: 64, layers: 2, heads: 4, kvHeads: 2, ff: 96, ctx: 512, ropeTheta: 10_000, rmsEps: 1e-5, tied: true })
    const layout = parameterLayout(shape)
    const weights = initialWeights(shape, layout, 3)
    const path = join(folder, 'exported.gguf')
    const exported = namedTensors(layout, weights).map(({ name, shape: sizes, data }) => ({ name, shape: sizes, type: 'F32' as const, data: encodeTensor(data, sizes, 'F32') }))
    writeFileSync(path, writeGguf(Object.fromEntries(metadata) as Parameters<typeof writeGguf>[0], exported))
    const reference = new ReferenceModel(ggml, path, { context: 128, threads: 1 })
    const tokens = Array.from({ length: 21 }, (_, i) => 5 + ((i * 37) % (vocab - 5)))
    const model = new FullModel(backend, shape, weights, 'f32')
    const graph = model.graph({ length: 20, rows: 1, supervised: 0 }, { backward: false })
    const p = graph.run({ tokens: Int32Array.from(tokens.slice(0, 20)), targets: Int32Array.from(tokens.slice(1)), weights: new Float32Array(20).fill(1 / 20) })
    const loss = p.reduce((sum, value) => sum - Math.log(value) / 20, 0)
    expect(Math.abs(loss - referenceLoss(reference.logits(tokens), vocab, tokens, 1))).toBeLessThan(1e-4)
    graph.dispose()
    model.dispose()
    reference.dispose()
  })
})
