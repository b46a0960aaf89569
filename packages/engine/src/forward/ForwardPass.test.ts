import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Backend, loadGgml, ReferenceModel } from '@openledger/tensor'
import { encodeGgufAdapter } from '../adapter/ggufAdapter.ts'
import { randomAdapter } from '../fixtures/randomAdapter.ts'
import { type TinyModelOptions, writeTinyModel } from '../fixtures/writeTinyModel.ts'
import { loadModel } from '../model/loadModel.ts'
import { ForwardPass } from './ForwardPass.ts'
import { KvCache } from './KvCache.ts'
import { AdapterWindow } from './AdapterWindow.ts'

const ggml = loadGgml()
const backend = new Backend(ggml, 1)
const folder = mkdtempSync(join(tmpdir(), 'openledger-engine-'))
const owned: { dispose(): void }[] = []
const own = <T extends { dispose(): void }>(value: T): T => (owned.push(value), value)
afterAll(() => {
  for (const value of owned.reverse()) value.dispose()
  backend.dispose()
  rmSync(folder, { recursive: true })
})

const text = 'who lives in the red house? the river runs past the mill.'

/** Largest difference between two rows of logits, relative to the spread of the reference. */
function distance(actual: Float32Array, expected: Float32Array): number {
  const mean = expected.reduce((sum, value) => sum + value, 0) / expected.length
  const spread = Math.sqrt(expected.reduce((sum, value) => sum + (value - mean) ** 2, 0) / expected.length)
  return expected.reduce((most, value, index) => Math.max(most, Math.abs(value - actual[index]!)), 0) / spread
}

function setUp(name: string, options: TinyModelOptions) {
  const path = join(folder, `${name}.gguf`)
  writeTinyModel(path, options)
  const model = own(loadModel(path, backend))
  const cache = own(new KvCache(model.config, backend, { slots: 4, positions: 192, type: 'F32' }))
  const pass = own(new ForwardPass(model, cache))
  const reference = own(new ReferenceModel(ggml, path, { context: 256, threads: 1 }))
  return { path, model, cache, pass, reference, tokens: model.vocabulary.tokenize(text, { addSpecial: true, parseSpecial: false }) }
}

/**
 * Both sides compute attention and adapters with different kernels, whose sums differ in their last bits. Weights that round their inputs to
 * 16 bits make more of it: measured at most 1e-3 there, 6e-6 elsewhere.
 */
const toleranceOf = (type: TinyModelOptions['type']): number => (type === 'F16' || type === 'BF16' ? 3e-3 : 2e-5)

const cases: [string, TinyModelOptions][] = [
  ['F32 weights', {}],
  ['F16 weights', { type: 'F16' }],
  ['BF16 weights', { type: 'BF16' }],
  ['Q8_0 weights', { type: 'Q8_0' }],
  ['an untied head and no grouped queries', { tied: false, kvHeads: 4 }],
  ['rope factors', { ropeFactors: true }],
  ['qwen2: biases, rotated halves', { architecture: 'qwen2' }],
  ['qwen3: query and key norms', { architecture: 'qwen3', headWidth: 32 }],
]

describe('ForwardPass against libllama', () => {
  it.each(cases)('gives the same logits with %s, without and with an adapter', (name, options) => {
    const tolerance = toleranceOf(options.type)
    const { model, pass, reference, tokens } = setUp(name.replace(/\W+/g, '-'), options)
    const size = model.config.vocabulary
    const every = tokens.map((_, index) => index)
    const plain = pass.run([{ slot: 0, adapters: [], tokens, past: 0, outputs: every }])[0]!.map((row) => row.slice())
    const expected = reference.logits(tokens)
    const rows = (flat: Float32Array, index: number): Float32Array => flat.subarray(index * size, (index + 1) * size)
    for (const index of every) expect(distance(plain[index]!, rows(expected, index))).toBeLessThan(tolerance)

    const adapter = randomAdapter(model, { rank: 4 })
    const file = join(folder, `${name.replace(/\W+/g, '-')}.adapter.gguf`)
    writeFileSync(file, encodeGgufAdapter(adapter, model.config.architecture))
    reference.setAdapter(file)
    const adapted = reference.logits(tokens)
    const window = own(new AdapterWindow(backend, 2 ** 24))
    const loaded = window.place(adapter)!
    const ours = pass.run([{ slot: 1, adapters: [{ adapter: loaded, weight: 1 }], tokens, past: 0, outputs: every }])[0]!.map((row) => row.slice())
    for (const index of every) expect(distance(ours[index]!, rows(adapted, index))).toBeLessThan(tolerance)
    // The comparison can fail: without the adapter, and with the scale off by a tenth, the logits lie far outside the tolerance.
    const last = tokens.length - 1
    expect(distance(plain[last]!, rows(adapted, last))).toBeGreaterThan(0.05)
        const wrong = pass.run([{ slot: 2, adapters: [{ adapter: loaded, weight: 0.9 }], tokens, past: 0, outputs: [last] }])[0]!
    expect(distance(wrong[0]!, rows(adapted, last))).toBeGreaterThan(0.005)
  })
})
