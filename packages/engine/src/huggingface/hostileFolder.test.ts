import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { OpenLedgerError } from '@openledger/protocol'
import { loadGgml } from '@openledger/tensor'
import { type HubFolderOptions, writeHubFolder } from '../fixtures/writeHubFolder.ts'
import { convertFolder } from './convertFolder.ts'

const ggml = loadGgml()
const root = mkdtempSync(join(tmpdir(), 'openledger-hostile-'))
afterAll(() => rmSync(root, { recursive: true }))

const code = (value: string) => expect.objectContaining({ code: value }) as Error
let count = 0

/** Writes a good folder, spoils it, and expects the conversion to fail with a code and to leave nothing. */
async function refused(expected: string, spoil: (folder: string) => void, options: Partial<HubFolderOptions> = {}): Promise<void> {
  const place = join(root, String(count++))
  mkdirSync(place)
  const folder = join(place, 'folder')
  writeHubFolder(folder, { family: 'smollm', ...options })
  spoil(folder)
  await expect(convertFolder(folder, join(place, 'model.gguf'), { ggml })).rejects.toThrow(code(expected))
  expect(readdirSync(place)).toEqual(['folder'])
}

const edit =
  (name: string, change: (json: Record<string, unknown>) => void) =>
  (folder: string): void => {
    const json = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, unknown>
    change(json)
    writeFileSync(join(folder, name), JSON.stringify(json))
  }
const inside = (json: Record<string, unknown>, key: string): Record<string, unknown> => json[key] as Record<string, unknown>
const config = (fields: Record<string, unknown>) => edit('config.json', (json) => Object.assign(json, fields))
const index = (change: (map: Record<string, unknown>) => void) => edit('model.safetensors.index.json', (json) => change(inside(json, 'weight_map')))
const header = (change: (entries: Record<string, Record<string, unknown>>) => void) => (folder: string): void => {
  const path = join(folder, 'model.safetensors')
  const file = readFileSync(path)
  const end = 8 + Number(file.readBigUInt64LE())
  const json = JSON.parse(file.subarray(8, end).toString()) as Record<string, Record<string, unknown>>
  change(json)
  const text = Buffer.from(JSON.stringify(json))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  writeFileSync(path, Buffer.concat([length, text, file.subarray(end)]))
}
const q = 'model.layers.0.self_attn.q_proj.weight'

describe('a hostile folder', () => {
  it('is refused when its weights are cut, overlap or lie elsewhere', async () => {
    await refused('SAFETENSORS_TRUNCATED', (folder) => truncateSync(join(folder, 'model.safetensors'), 50_000))
    await refused('FILE_TRUNCATED', (folder) => truncateSync(join(folder, 'model.safetensors'), 5))
    await refused('SAFETENSORS_TRUNCATED', (folder) => truncateSync(join(folder, 'model-00002-of-00003.safetensors'), 9_000), { shards: 3 })
    await refused('SAFETENSORS_OFFSETS', header((entries) => (entries[q]!.data_offsets = entries['model.layers.0.self_attn.o_proj.weight']!.data_offsets)))
    await refused('MODEL_FOLDER', index((map) => (map[q] = '../elsewhere.safetensors')), { shards: 2 })
    await refused('MODEL_FOLDER', index((map) => (map[q] = '/etc/passwd')), { shards: 2 })
    await refused('FILE_UNREADABLE', index((map) => (map[q] = 'missing.safetensors')), { shards: 2 })
    await refused('MODEL_TENSOR_MISSING', index((map) => (map.more = 'model-00001-of-00002.safetensors')), { shards: 2 })
    await refused('MODEL_FOLDER', index((map) => delete map[q]), { shards: 2 })
    await refused('MODEL_FOLDER', (folder) => rmSync(join(folder, 'model.safetensors')))
  })

  it('is refused when tensors are missing, left over, misshapen or no numbers', async () => {
    await refused('MODEL_TENSOR_MISSING', () => undefined, { change: (tensors) => tensors.delete(q) })
    await refused('MODEL_TENSOR_MISSING', () => undefined, { change: (tensors) => tensors.delete('lm_head.weight') })
    await refused('MODEL_TENSOR_UNKNOWN', () => undefined, { change: (tensors) => tensors.set('model.extra', { shape: [1], values: new Float32Array(1) }) })
    await refused('MODEL_TENSOR_SHAPE', () => undefined, { change: (tensors) => tensors.get(q)!.shape.splice(0, 2, 32, 128) })
    await refused('SAFETENSORS_TENSOR', header((entries) => (entries[q]!.shape = [2 ** 63, 2])))
    await refused('SAFETENSORS_TENSOR', header((entries) => (entries[q]!.dtype = 'F8_E4M3')))
    for (const dtype of ['F32', 'F16', 'BF16'] as const) {
      await refused('MODEL_NOT_FINITE', () => undefined, { dtype, change: (tensors) => (tensors.get(q)!.values[7] = NaN) })
    }
    await expect(
      (async () => {
        const place = join(root, 'overflow')
        writeHubFolder(place, { family: 'smollm', dtype: 'BF16', change: (tensors) => (tensors.get(q)!.values[7] = 1e6) })
        await convertFolder(place, join(root, 'overflow.gguf'), { ggml, type: 'F16' })
      })(),
    ).rejects.toThrow(code('MODEL_NOT_FINITE'))
  })

  it('is refused when its configuration is of the wrong kind or cannot be computed', async () => {
    await refused('MODEL_FOLDER', (folder) => writeFileSync(join(folder, 'config.json'), '{"architectures": ['))
    await refused('MODEL_FOLDER', (folder) => writeFileSync(join(folder, 'config.json'), Buffer.from([0xff, 0xfe])))
    await refused('MODEL_FOLDER', (folder) => writeFileSync(join(folder, 'config.json'), '[]'))
    await refused('MODEL_FOLDER', (folder) => writeFileSync(join(folder, 'config.json'), ' '.repeat(2 << 20)))
    await refused('FILE_UNREADABLE', (folder) => rmSync(join(folder, 'config.json')))
    await refused('MODEL_FOLDER', config({ hidden_size: '64' }))
    await refused('MODEL_CONFIG', config({ hidden_size: 2 ** 63 }))
    await refused('MODEL_CONFIG', config({ num_hidden_layers: 1e9 }))
    await refused('MODEL_CONFIG', config({ num_key_value_heads: 3 }))
    await refused('MODEL_CONFIG', config({ hidden_act: 'gelu' }))
    await refused('MODEL_CONFIG', config({ rope_scaling: { rope_type: 'yarn', factor: 4 } }))
    await refused('MODEL_FOLDER', config({ rope_scaling: { rope_type: 'llama3', factor: 8, low_freq_factor: 4, high_freq_factor: 1, original_max_position_embeddings: 64 } }))
    await refused('MODEL_CONFIG', config({ quantization_config: { bits: 4 } }))
    for (const architectures of [['GPT2LMHeadModel'], ['toString'], [], [7]]) await refused('MODEL_ARCHITECTURE', config({ architectures }))
    await refused('MODEL_FOLDER', config({ architectures: 'LlamaForCausalLM' }))
  })

  it('is refused when its tokenizer is inconsistent or of another kind', async () => {
    const tokenizer = (change: (json: Record<string, unknown>, model: Record<string, unknown>) => void) => edit('tokenizer.json', (json) => change(json, inside(json, 'model')))
    await refused('MODEL_FOLDER', (folder) => rmSync(join(folder, 'tokenizer.json')))
    await refused('TOKENIZER', tokenizer((_, model) => (model.type = 'Unigram')))
    await refused('TOKENIZER', tokenizer((_, model) => (inside(model, 'vocab').a = 2 ** 40)))
    await refused('TOKENIZER', tokenizer((_, model) => (inside(model, 'vocab').a = -1)))
    await refused('TOKENIZER', tokenizer((_, model) => (inside(model, 'vocab').a = 5)))
    await refused('TOKENIZER', tokenizer((_, model) => delete inside(model, 'vocab')['\u0120']))
    await refused('TOKENIZER', tokenizer((_, model) => (model.merges as unknown[]).push('never seen')))
    await refused('TOKENIZER', tokenizer((_, model) => (model.merges as unknown[]).push([1, 2])))
    await refused('TOKENIZER', tokenizer((_, model) => (model.ignore_merges = true)))
    await refused('TOKENIZER', tokenizer((json) => (json.normalizer = { type: 'Lowercase' })))
    await refused('TOKENIZER', tokenizer((json) => (json.pre_tokenizer = { type: 'Whitespace' })))
    await refused('TOKENIZER', tokenizer((json) => (json.pre_tokenizer = null)))
    await refused('TOKENIZER', tokenizer((json) => ((json.added_tokens as Record<string, unknown>[])[1]!.rstrip = true)))
    await refused('TOKENIZER', edit('tokenizer_config.json', (json) => (json.eos_token = 'no such token')))
    await refused('TOKENIZER', edit('generation_config.json', (json) => (json.eos_token_id = [1e9])))
    await refused('CHAT_TEMPLATE', edit('tokenizer_config.json', (json) => (json.chat_template = '{% for')))
    // A SentencePiece vocabulary whose merges are not those that its scores would make.
    await refused('TOKENIZER', tokenizer((_, model) => (model.merges = (model.merges as string[]).slice(0, -3))), { family: 'llama2' })
  })

  it('is refused with a code, whatever one of its fields becomes', async () => {
    const place = join(root, 'any')
    const folder = join(place, 'folder')
    writeHubFolder(folder, { family: 'qwen3' })
    const files = ['config.json', 'tokenizer_config.json', 'generation_config.json'].map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), fc.nat(), fc.jsonValue({ maxDepth: 2 }), async ({ name, text }, at, value) => {
        const json = JSON.parse(text) as Record<string, unknown>
        const key = Object.keys(json)[at % Object.keys(json).length]!
        json[key] = value
        writeFileSync(join(folder, name), JSON.stringify(json))
        const outcome: unknown = await convertFolder(folder, join(place, 'model.gguf'), { ggml }).catch((error: unknown) => error)
        writeFileSync(join(folder, name), text)
        rmSync(join(place, 'model.gguf'), { force: true })
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(OpenLedgerError)
        expect(readdirSync(place)).toEqual(['folder'])
      }),
      { numRuns: 60 },
    )
  })
})
