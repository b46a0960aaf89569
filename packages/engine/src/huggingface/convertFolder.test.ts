import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Tokenizer } from '@huggingface/tokenizers'
import { afterAll, describe, expect, it } from 'vitest'
import { Backend, loadGgml, ReferenceModel } from '@openledger/tensor'
import { encodeGgufAdapter } from '../adapter/ggufAdapter.ts'
import { readPeftFolder, writePeftFolder } from '../adapter/peftFolder.ts'
import { rotaryOrder } from '../adapter/rotaryOrder.ts'
import { hubForward } from '../fixtures/hubForward.ts'
import type { HubFamily } from '../fixtures/hubTokenizer.ts'
import { randomAdapter } from '../fixtures/randomAdapter.ts'
import { type HubFolderOptions, writeHubFolder } from '../fixtures/writeHubFolder.ts'
import { loadModel } from '../model/loadModel.ts'
import { readSafetensors } from '../safetensors/readSafetensors.ts'
import { type ConvertOptions, convertFolder } from './convertFolder.ts'
import { SafetensorsFolder } from './SafetensorsFolder.ts'

const ggml = loadGgml()
const backend = new Backend(ggml, 1)
const root = mkdtempSync(join(tmpdir(), 'openledger-hub-'))
const owned: { dispose(): void }[] = []
const own = <T extends { dispose(): void }>(value: T): T => (owned.push(value), value)
afterAll(() => {
  for (const value of owned.reverse()) value.dispose()
  backend.dispose()
  rmSync(root, { recursive: true })
})

let count = 0
async function converted(options: HubFolderOptions, more: Partial<ConvertOptions> = {}) {
  const place = join(root, String(count++))
  const folder = join(place, 'folder')
  mkdirSync(place)
  writeHubFolder(folder, options)
  const path = join(place, 'model.gguf')
  const result = await convertFolder(folder, path, { ggml, ...more })
  return { folder, path, place, ...result }
}

const families: HubFamily[] = ['llama2', 'llama3', 'mistral', 'qwen2', 'qwen3', 'smollm']

const texts = [
  'the river runs past the old mill',
  "I've said it's 1987, they'll SAY'LL 12345678 times",
  'a\n\n  b \t\tc   \r\n d\u00a0e  ',
  '\u4f60\u597d, gr\u00fc\u00df dich \u2014 \u0440\u0435\u043a\u0430 \ud83d\ude00\ud83d\udc69\u200d\ud83d\udc67 \u0967\u0968\u0969 x\u00b2',
  ' leading and trailing ',
  '',
  '!!!??? (((x+y)*z)) == "q"; #include <stdio.h>\n\tint main(){}',
  'CamelCaseWords and_underscores/paths\\here',
]

describe('a converted vocabulary', () => {
  it.each(families)('splits text as an independent implementation does: %s', async (family) => {
    const { folder, path, notes } = await converted({ family })
    const json = (name: string): object => JSON.parse(readFileSync(join(folder, name), 'utf8')) as object
    const independent = new Tokenizer(json('tokenizer.json'), json('tokenizer_config.json'))
    const { vocabulary } = own(loadModel(path, backend))
    const controls = family === 'llama2' || family === 'mistral' ? ['</s>'] : family === 'llama3' ? ['<|eot_id|>', '<|start_header_id|>'] : ['<|im_start|>', '<|im_end|>']
    // Where newer files of SentencePiece models differ from SentencePiece itself, the conversion says so.
    const newer = family === 'mistral'
    expect(notes.some((note) => note.includes('as SentencePiece does'))).toBe(newer)
    let checked = 0
    for (const text of newer ? texts.filter((entry) => !entry.startsWith(' ')) : [...texts, `${controls[0]}the mill${controls.at(-1)}\nwho?`]) {
      const expected = independent.encode(text, { add_special_tokens: true }).ids
      expect(vocabulary.tokenize(text, { addSpecial: true, parseSpecial: true }), JSON.stringify(text)).toEqual(expected)
      checked++
    }
    expect(checked).toBeGreaterThan(6)
  })

  it.each(families)('knows where texts begin and end: %s', async (family) => {
    const { path, folder } = await converted({ family })
    const { vocabulary } = own(loadModel(path, backend))
    const { eos_token_id } = JSON.parse(readFileSync(join(folder, 'generation_config.json'), 'utf8')) as { eos_token_id: number | number[] }
    for (const end of [eos_token_id].flat()) expect(vocabulary.endsGeneration(end)).toBe(true)
    expect(vocabulary.addsBos).toBe(family === 'llama2' || family === 'llama3' || family === 'mistral')
  })
})

/** Logits after every token by libllama. */
function libllamaLogits(path: string, tokens: readonly number[], adapter: string | null = null): Float32Array {
  const reference = new ReferenceModel(ggml, path, { context: 128, threads: 1 })
  reference.setAdapter(adapter)
  const rows = reference.logits(tokens)
  reference.dispose()
  return rows
}

/** Rotary frequencies, with the long-context scalings in the form in which they were published. */
function frequenciesOf(config: Record<string, unknown>): number[] {
  const { rope_scaling: scaling, rope_parameters: parameters } = config as { rope_scaling?: Record<string, number> & { type?: string }; rope_parameters?: { rope_theta: number } }
  return Array.from({ length: 8 }, (_, pair) => {
    const frequency = (parameters?.rope_theta ?? 10_000) ** (-pair / 8)
    if (scaling?.type === 'linear') return frequency / scaling.factor!
    if (!scaling) return frequency
    const { factor, low_freq_factor: low, high_freq_factor: high, original_max_position_embeddings: original } = scaling as Record<string, number>
    const waveLength = (2 * Math.PI) / frequency
    if (waveLength < original! / high!) return frequency
    if (waveLength > original! / low!) return frequency / factor!
    const smooth = (original! / waveLength - low!) / (high! - low!)
    return ((1 - smooth) * frequency) / factor! + smooth * frequency
  })
}

/** Measured: at most 7e-6 of the spread of the logits; rows left in their old order give 4. */
function compare(actual: Float32Array, expected: Float64Array[]): void {
  const flat = expected.flatMap((row) => [...row])
  const spread = Math.sqrt(flat.reduce((sum, value) => sum + value * value, 0) / flat.length)
  expect(actual.length).toBe(flat.length)
  expect(flat.reduce((most, value, index) => Math.max(most, Math.abs(value - actual[index]!)), 0) / spread).toBeLessThan(1e-4)
}

describe('a converted model', () => {
  it.each(['F32', 'F16', 'BF16'] as const)('holds the values of %s files, with q and k in rotary order', async (dtype) => {
    const { folder, path, sha256, bytes } = await converted({ family: 'smollm', dtype, shards: 3 })
    expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(sha256.slice(2))
    expect(readFileSync(path).length).toBe(bytes)
    const model = own(loadModel(path, backend))
    const q = model.weights.layers[1]!.linear.attn_q.weight
    expect(q.type).toBe({ F32: 0, F16: 1, BF16: 30 }[dtype])
    const { tensors } = new SafetensorsFolder(folder)
    const source = tensors.get('model.layers.1.self_attn.q_proj.weight')!
    const data = source.cursor.readAt(source.begin, source.end - source.begin)
    const rowBytes = data.length / 64
    const order = rotaryOrder(model.config, 'attn_q')!
    const mine = Buffer.from(q.read(new Uint8Array(q.bytes)))
    expect(order.some((from, to) => from !== to)).toBe(true)
    order.forEach((from, to) => expect(mine.subarray(to * rowBytes, (to + 1) * rowBytes).equals(data.subarray(from * rowBytes, (from + 1) * rowBytes))).toBe(true))
  })

  const scaling = { rope_type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 64 }
  const shapes: [string, HubFolderOptions][] = [
    ...families.map((family): [string, HubFolderOptions] => [family, { family, tied: family === 'smollm' }]),
    ['llama3 with its long-context scaling', { family: 'llama3', config: { rope_scaling: scaling } }],
    ['linear scaling', { family: 'llama2', config: { rope_scaling: { type: 'linear', factor: 4 } } }],
    ['another theta, in the newer place', { family: 'qwen3', config: { rope_parameters: { rope_type: 'default', rope_theta: 1_000_000 } } }],
  ]
  it.each(shapes)('gives the logits of the definition in libllama, without and with a PEFT adapter: %s', async (_, options) => {
    let tensors = new Map<string, { shape: number[]; values: Float32Array }>()
    const { path, place } = await converted({ ...options, dtype: 'F32', change: (all) => (tensors = new Map(all)) })
    const model = own(loadModel(path, backend))
    const tokens = model.vocabulary.tokenize('who lives in the red house? the river runs past it, 1987 times.', { addSpecial: true, parseSpecial: false })
    expect(tokens.length).toBeGreaterThan(20)
    const shape = { heads: 4, kvHeads: 2, headWidth: 16, epsilon: 1e-5, frequencies: frequenciesOf(options.config ?? {}) }
    compare(libllamaLogits(path, tokens), hubForward({ ...shape, tensors }, tokens))
    const adapter = randomAdapter(model)
    writePeftFolder(join(place, 'peft'), adapter, model)
    for (const [name, { values: a }] of readSafetensors(join(place, 'peft', 'adapter_model.safetensors'))) {
      const [, module] = /^base_model\.model\.(.*)\.lora_A\.weight$/.exec(name) ?? []
      if (module === undefined) continue
      const b = readSafetensors(join(place, 'peft', 'adapter_model.safetensors')).get(name.replace('lora_A', 'lora_B'))!
      const rank = b.shape[1]!
      const weight = tensors.get(`${module}.weight`)!
      const values = weight.values.map((value, at) => {
        const [row, column] = [Math.floor(at / weight.shape[1]!), at % weight.shape[1]!]
        let sum = 0
        for (let index = 0; index < rank; index++) sum += b.values[row * rank + index]! * a[index * weight.shape[1]! + column]!
        return value + (adapter.config.alpha / rank) * sum
      })
      tensors.set(`${module}.weight`, { shape: weight.shape, values })
    }
    const file = join(place, 'adapter.gguf')
    writeFileSync(file, encodeGgufAdapter(readPeftFolder(join(place, 'peft'), model), model.config.architecture))
    compare(libllamaLogits(path, tokens, file), hubForward({ ...shape, tensors }, tokens))
  })

  it('can be made smaller on the way, and only moves a little', async () => {
    const exact = await converted({ family: 'qwen2', dtype: 'F32' })
    const model = own(loadModel(exact.path, backend))
    const tokens = model.vocabulary.tokenize('who lives in the red house?', { addSpecial: true, parseSpecial: false })
    const expected = libllamaLogits(exact.path, tokens)
    const norm = Math.sqrt(expected.reduce((sum, value) => sum + value * value, 0))
    for (const [type, bound] of [['BF16', 0.05], ['F16', 0.01], ['Q8_0', 0.05]] as const) {
      const small = await converted({ family: 'qwen2', dtype: 'F32' }, { type })
      expect(small.bytes).toBeLessThan(exact.bytes * 0.8)
      const actual = libllamaLogits(small.path, tokens)
      expect(Math.sqrt(actual.reduce((sum, value, index) => sum + (value - expected[index]!) ** 2, 0)) / norm).toBeLessThan(bound)
    }
  })

  it('leaves nothing behind when it is cancelled', async () => {
    const place = join(root, 'cancelled')
    writeHubFolder(join(place, 'folder'), { family: 'llama3' })
    await expect(convertFolder(join(place, 'folder'), join(place, 'model.gguf'), { ggml, signal: AbortSignal.abort() })).rejects.toThrow(expect.objectContaining({ code: 'CANCELLED' }))
    expect(readdirSync(place)).toEqual(['folder'])
  })
})
