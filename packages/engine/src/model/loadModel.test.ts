import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Backend, loadGgml } from '@openledger/tensor'
import { type TinyModelOptions, writeTinyModel } from '../fixtures/writeTinyModel.ts'
import { readGguf } from '../gguf/readGguf.ts'
import { loadModel } from './loadModel.ts'

const folder = mkdtempSync(join(tmpdir(), 'openledger-model-'))
const backend = new Backend(loadGgml(), 1)
afterAll(() => {
  backend.dispose()
  rmSync(folder, { recursive: true })
})

const path = join(folder, 'model.gguf')
function loading(options: TinyModelOptions, change?: (file: Buffer) => void): () => unknown {
  writeTinyModel(path, options)
  if (change) {
    const file = readFileSync(path)
    change(file)
    writeFileSync(path, file)
  }
  return () => loadModel(path, backend)
}
const whole = (value: number) => ({ type: 'uint32', value }) as const
const code = (value: string) => expect.objectContaining({ code: value })

describe('loadModel', () => {
  it('commits to the exact file, the tokenizer and the template', () => {
    writeTinyModel(path)
    const first = loadModel(path, backend)
    expect(first.commitment.weightHash).toBe(`0x${createHash('sha256').update(readFileSync(path)).digest('hex')}`)
    first.dispose()
    first.dispose()
    const file = readFileSync(path)
    file[file.length - 3]! ^= 1
    writeFileSync(path, file)
    const second = loadModel(path, backend)
    expect(second.id).not.toBe(first.id)
    expect(second.commitment).toMatchObject({ tokenizerHash: first.commitment.tokenizerHash, templateHash: first.commitment.templateHash })
    second.dispose()
    writeTinyModel(path, { metadata: { 'tokenizer.chat_template': { type: 'string', value: '{{ messages }}' } } })
    const third = loadModel(path, backend)
    expect(third.commitment.templateHash).not.toBe(first.commitment.templateHash)
    third.dispose()
  })

  it('keeps every weight as the file has it', () => {
    writeTinyModel(path)
    const model = loadModel(path, backend)
    const info = readGguf(path).tensors.get('blk.1.ffn_up.weight')!
    const bytes = model.weights.layers[1]!.linear.ffn_up.weight.read(new Uint8Array(info.bytes))
    expect(Buffer.from(bytes)).toEqual(readFileSync(path).subarray(info.offset, info.offset + info.bytes))
    model.dispose()
  })

  it('refuses models that it cannot compute', () => {
    expect(loading({ metadata: { 'general.architecture': { type: 'string', value: 'mamba' } } })).toThrow(code('MODEL_ARCHITECTURE'))
    expect(loading({ metadata: { 'llama.block_count': whole(3) } })).toThrow(code('MODEL_TENSOR_MISSING'))
    expect(loading({ metadata: { 'llama.block_count': whole(1) } })).toThrow(code('MODEL_TENSOR_UNKNOWN'))
    expect(loading({ metadata: { 'llama.block_count': whole(1 << 30) } })).toThrow(code('MODEL_CONFIG'))
    expect(loading({ metadata: { 'llama.attention.head_count_kv': whole(3) } })).toThrow(code('MODEL_CONFIG'))
    expect(loading({ metadata: { 'llama.feed_forward_length': whole(128) } })).toThrow(code('MODEL_TENSOR_SHAPE'))
    expect(loading({ metadata: { 'llama.rope.scaling.type': { type: 'string', value: 'yarn' } } })).toThrow(code('MODEL_CONFIG'))
    expect(loading({ metadata: { 'llama.attention.layer_norm_rms_epsilon': { type: 'float32', value: NaN } } })).toThrow(code('GGUF_METADATA'))
    expect(loading({ metadata: { 'tokenizer.chat_template': { type: 'string', value: '{% for' } } })).toThrow(code('CHAT_TEMPLATE'))
  })

  it('refuses tokenizers before native code can stumble over them', () => {
    const text = (value: string) => ({ type: 'string', value }) as const
    expect(loading({ metadata: { 'tokenizer.ggml.model': text('none of these') } })).toThrow(code('TOKENIZER'))
    // Without byte tokens, libllama ends the process at the first unknown character.
    expect(loading({ metadata: { 'tokenizer.ggml.model': text('llama') } })).toThrow(code('TOKENIZER'))
    expect(loading({ metadata: { 'tokenizer.ggml.tokens': { type: 'array', of: 'string', value: ['a'] } } })).toThrow(code('TOKENIZER'))
    expect(loading({ metadata: { 'tokenizer.ggml.tokens': { type: 'array', of: 'string', value: Array.from({ length: 289 }, (_, index) => `t${index % 288}`) } } })).toThrow(code('TOKENIZER'))
    expect(loading({ metadata: { 'tokenizer.ggml.token_type': { type: 'array', of: 'int32', value: [1] } } })).toThrow(code('TOKENIZER'))
    expect(loading({ metadata: { 'tokenizer.ggml.bos_token_id': whole(99_999) } })).toThrow(code('TOKENIZER'))
    expect(loading({ metadata: { 'tokenizer.ggml.pre': text('unheard of') } })).toThrow(code('VOCABULARY'))
  })

  it('refuses weights that are not numbers, in any type', () => {
    for (const type of ['F32', 'F16', 'Q8_0'] as const) {
      const spoil = loading({ type }, (file) => {
        const { offset } = readGguf(path).tensors.get('blk.0.attn_q.weight')!
        if (type === 'F32') file.writeFloatLE(NaN, offset)
        else file.writeUInt16LE(0x7e00, offset)
      })
      expect(spoil).toThrow(code('MODEL_NOT_FINITE'))
    }
  })
})
