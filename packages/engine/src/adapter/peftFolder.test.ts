import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { keccak } from '@openledger/protocol'
import { randomAdapter } from '../fixtures/randomAdapter.ts'
import { randomValues } from '../fixtures/randomValues.ts'
import { writeTinyModel } from '../fixtures/writeTinyModel.ts'
import { readGguf } from '../gguf/readGguf.ts'
import { readModelConfig } from '../model/ModelConfig.ts'
import { readSafetensors, type SafeTensor } from '../safetensors/readSafetensors.ts'
import { writeSafetensors } from '../safetensors/writeSafetensors.ts'
import { makeAdapter, readPeftFolder, writePeftFolder } from './peftFolder.ts'
import { gatherRows, rotaryOrder } from './rotaryOrder.ts'

const folder = mkdtempSync(join(tmpdir(), 'openledger-peft-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeTinyModel(join(folder, 'tiny.gguf'))
const base = { id: keccak(new Uint8Array([1])), config: readModelConfig(readGguf(join(folder, 'tiny.gguf'))) }
const adapter = randomAdapter(base)
const good = join(folder, 'good')
writePeftFolder(good, adapter, base)
const code = (value: string) => expect.objectContaining({ code: value })
const q0 = 'base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight'

/** Reads a changed copy of the good folder. */
function reading(change: { config?: object; tensors?: (tensors: Map<string, SafeTensor>) => void }): () => ReturnType<typeof readPeftFolder> {
  const place = join(folder, 'changed')
  mkdirSync(place, { recursive: true })
  const config = { ...(JSON.parse(readFileSync(join(good, 'adapter_config.json'), 'utf8')) as object), ...change.config }
  const tensors = readSafetensors(join(good, 'adapter_model.safetensors'))
  change.tensors?.(tensors)
  writeFileSync(join(place, 'adapter_config.json'), JSON.stringify(config))
  writeFileSync(join(place, 'adapter_model.safetensors'), writeSafetensors(tensors))
  return () => readPeftFolder(place, base)
}

describe('PEFT folders', () => {
  it('come back as they were written', () => {
    const read = readPeftFolder(good, base)
    expect(read.id).toBe(adapter.id)
    expect(read.layers).toEqual(adapter.layers)
    const before = readFileSync(join(good, 'adapter_model.safetensors'))
    writePeftFolder(join(folder, 'again'), read, base)
    expect(readFileSync(join(folder, 'again', 'adapter_model.safetensors'))).toEqual(before)
  })

  it('hold query rows in the order of Hugging Face: the two halves of a head after each other', () => {
    const { headWidth } = base.config
    const pair = adapter.layers[0]!.attn_q!
    const file = readSafetensors(join(good, 'adapter_model.safetensors')).get(q0)!
    const row = (values: Float32Array, index: number): Float32Array => values.subarray(index * pair.rank, (index + 1) * pair.rank)
    // In GGUF order rows 2i and 2i+1 turn together; in Hugging Face's order rows i and i + half do.
    for (let i = 0; i < headWidth / 2; i++) {
      expect(row(file.values, headWidth + i)).toEqual(row(pair.b, headWidth + 2 * i))
      expect(row(file.values, headWidth + headWidth / 2 + i)).toEqual(row(pair.b, headWidth + 2 * i + 1))
    }
    const order = rotaryOrder(base.config, 'attn_q')!
    expect([...order].sort((a, b) => a - b)).toEqual([...order.keys()])
    expect(gatherRows(randomValues(1)(8, 1), 2, null)).toHaveLength(8)
  })

  it('have an id that every value and the scale decide, and the names of files do not', () => {
    expect(reading({})().id).toBe(adapter.id)
    expect(reading({ config: { lora_alpha: 8.5 } })().id).not.toBe(adapter.id)
    expect(reading({ config: { use_rslora: true } })().id).not.toBe(adapter.id)
    // Of two keys that match, the first counts: their order is part of the adapter.
    const [first, second] = [{ 'mlp.*': 2, up_proj: 4 }, { up_proj: 4, 'mlp.*': 2 }].map((alpha_pattern) => reading({ config: { alpha_pattern } })())
    expect(first!.layers[0]!.ffn_up!.scale).not.toBe(second!.layers[0]!.ffn_up!.scale)
    expect(first!.id).not.toBe(second!.id)
    expect(reading({ tensors: (tensors) => void (tensors.get(q0)!.values[3]! += 1e-3) })().id).not.toBe(adapter.id)
    const renamed = reading({
      tensors(tensors) {
        for (const [name, tensor] of [...tensors]) {
          tensors.delete(name)
          tensors.set(name.replace('.weight', '.default.weight'), tensor)
        }
      },
    })
    expect(renamed().id).toBe(adapter.id)
  })

  it('scale by alpha and rank as PEFT does', () => {
    const scaleOf = (config: object) => reading({ config })().layers[1]!.ffn_up!.scale
    expect(scaleOf({})).toBe(2)
    expect(scaleOf({ use_rslora: true })).toBe(4)
    expect(scaleOf({ alpha_pattern: { up_proj: 2 } })).toBe(0.5)
    expect(scaleOf({ alpha_pattern: { 'layers.0.mlp.up_proj': 2 } })).toBe(2)
    expect(scaleOf({ alpha_pattern: { '.*\\.1\\.mlp\\.(up|gate)_proj': 4, up_proj: 2 } })).toBe(1)
    expect(makeAdapter({ ...adapter.config, alpha: 4 }, adapter.layers, base).layers[0]!.attn_q!.scale).toBe(1)
  })

  it('are refused for another base', () => {
    expect(reading({ config: { base_model_name_or_path: keccak(new Uint8Array([2])) } })).toThrow(code('ADAPTER_WRONG_BASE'))
    expect(reading({ config: { base_model_name_or_path: 'someone/some-model' } })).not.toThrow()
    expect(() => readPeftFolder(good, { ...base, config: { ...base.config, layers: 1 } })).toThrow(code('ADAPTER_WRONG_BASE'))
    expect(() => readPeftFolder(good, { ...base, config: { ...base.config, feedForward: 128 } })).toThrow(code('ADAPTER_WRONG_BASE'))
  })

  it.each([
    ['rank 0', { r: 0 }],
    ['a huge rank', { r: 1e9 }],
    ['alpha that is no number', { lora_alpha: 'x' }],
    ['DoRA', { use_dora: true }],
    ['biases', { bias: 'all' }],
    ['other modules', { target_modules: ['lm_head'] }],
    ['no modules', { target_modules: [] }],
    ['saved modules', { modules_to_save: ['embed_tokens'] }],
    ['patterns that could match for ever', { rank_pattern: { '(.*)*_proj': 2 } }],
    ['patterns that are no expressions', { alpha_pattern: { 'q_proj(': 2 } }],
    ['a huge rank in a pattern', { rank_pattern: { q_proj: 1e6 } }],
    ['another method', { peft_type: 'IA3' }],
  ])('are refused with %s', (_, config) => {
    expect(reading({ config })).toThrow(code('ADAPTER_CONFIG'))
  })

  it('are refused with missing, foreign, misshapen or infinite tensors', () => {
    expect(reading({ tensors: (tensors) => void tensors.delete(q0) })).toThrow(code('ADAPTER_TENSOR'))
    expect(reading({ tensors: (tensors) => void tensors.set('lm_head.lora_A.weight', { shape: [1], values: new Float32Array(1) }) })).toThrow(code('ADAPTER_TENSOR'))
    expect(reading({ tensors: (tensors) => tensors.clear() })).toThrow(code('ADAPTER_TENSOR'))
    expect(reading({ config: { r: 5 } })).toThrow(code('ADAPTER_TENSOR'))
    expect(reading({ config: { target_modules: ['k_proj'] } })).toThrow(code('ADAPTER_TENSOR'))
    expect(reading({ tensors: (tensors) => void (tensors.get(q0)!.shape = [32, 8]) })).toThrow(code('ADAPTER_TENSOR'))
    expect(reading({ tensors: (tensors) => void (tensors.get(q0)!.values[0] = NaN) })).toThrow(code('SAFETENSORS_NOT_FINITE'))
    expect(() => readPeftFolder(folder, base)).toThrow(code('FILE_UNREADABLE'))
    writeFileSync(join(folder, 'changed', 'adapter_config.json'), '{')
    expect(() => readPeftFolder(join(folder, 'changed'), base)).toThrow(code('ADAPTER_CONFIG'))
  })
})
