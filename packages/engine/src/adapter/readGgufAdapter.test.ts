import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { keccak } from '@openledger/protocol'
import { randomAdapter } from '../fixtures/randomAdapter.ts'
import { writeTinyModel } from '../fixtures/writeTinyModel.ts'
import { encodeTensor } from '../gguf/encodeTensor.ts'
import { readGguf } from '../gguf/readGguf.ts'
import { type GgufMetadataValue, type GgufTensorData, writeGguf } from '../gguf/writeGguf.ts'
import { readModelConfig } from '../model/ModelConfig.ts'
import type { Adapter } from './Adapter.ts'
import { encodeGgufAdapter } from './ggufAdapter.ts'
import { makeAdapter, readPeftFolder, writePeftFolder } from './peftFolder.ts'
import { readGgufAdapter } from './readGgufAdapter.ts'

const folder = mkdtempSync(join(tmpdir(), 'openledger-gguf-adapter-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeTinyModel(join(folder, 'tiny.gguf'))
const base = { id: keccak(new Uint8Array([1])), config: readModelConfig(readGguf(join(folder, 'tiny.gguf'))) }
const adapter = randomAdapter(base)
const file = join(folder, 'adapter.gguf')

const code = (value: string) => expect.objectContaining({ code: value })
const reading = (bytes: Uint8Array) => (): Adapter => {
  writeFileSync(file, bytes)
  return readGgufAdapter(file, base)
}
/** What a module adds to its output, factor by factor: b with its scale. */
const effect = ({ layers }: Adapter) => layers.map((modules) => Object.fromEntries(Object.entries(modules).map(([name, pair]) => [name, { a: pair.a, b: pair.b.map((value) => value * pair.scale) }])))

describe('GGUF adapters', () => {
  it('come back as they were written, with the id of the PEFT folder', () => {
    writePeftFolder(join(folder, 'peft'), adapter, base)
    const read = reading(encodeGgufAdapter(readPeftFolder(join(folder, 'peft'), base), 'llama'))()
    expect(read.id).toBe(adapter.id)
    expect(read.layers).toEqual(adapter.layers)
  })

  it('compute the same with mixed ranks, some modules and rank-stabilised scaling', () => {
    const [two, four] = [2, 4].map((rank) => randomAdapter(base, { rank }))
    const layers = [{ attn_q: two!.layers[0]!.attn_q!, ffn_up: four!.layers[0]!.ffn_up! }, { attn_q: two!.layers[1]!.attn_q! }]
    const config = { ...adapter.config, rank: 2, alpha: 8, targets: ['attn_q', 'ffn_up'] as Adapter['config']['targets'], rankPattern: { up_proj: 4 } }
    for (const rsLora of [false, true]) {
      const mixed = makeAdapter({ ...config, rsLora }, layers, base)
      const read = reading(encodeGgufAdapter(mixed, 'llama'))()
      expect(read.config).toMatchObject({ rank: 2, targets: ['attn_q', 'ffn_up'], rankPattern: { 'model.layers.0.mlp.up_proj': 4 } })
      const [before, after] = [effect(mixed), effect(read)]
      before.forEach((modules, layer) => {
        expect(Object.keys(after[layer]!)).toEqual(Object.keys(modules))
        for (const [name, { a, b }] of Object.entries(modules)) {
          expect(after[layer]![name]!.a).toEqual(a)
          // A power of two is exact; the root of a rank is rounded once on the way.
          b.forEach((value, index) => expect(Math.abs(after[layer]![name]!.b[index]! - value)).toBeLessThanOrEqual(rsLora ? Math.abs(value) * 2 ** -22 : 0))
        }
      })
    }
  })

  const [a, b] = [encodeTensor(new Float32Array(64 * 2).fill(0.5), [64, 2], 'F16'), encodeTensor(new Float32Array(2 * 64).fill(0.25), [2, 64], 'BF16')]
  const pair = (name = 'blk.0.attn_q.weight'): GgufTensorData[] => [
    { name: `${name}.lora_a`, shape: [64, 2], type: 'F16', data: a },
    { name: `${name}.lora_b`, shape: [2, 64], type: 'BF16', data: b },
  ]
  const text = (value: string): GgufMetadataValue => ({ type: 'string', value })
  const built = (tensors: GgufTensorData[], changes: Record<string, GgufMetadataValue | undefined> = {}): Uint8Array => {
    const metadata = { 'general.type': text('adapter'), 'general.architecture': text('llama'), 'adapter.type': text('lora'), 'adapter.lora.alpha': { type: 'float32', value: 6 } as const, ...changes }
    return writeGguf(Object.fromEntries(Object.entries(metadata).filter((entry): entry is [string, GgufMetadataValue] => entry[1] !== undefined)), tensors)
  }

  it('are read in half precision, and without an alpha they are not scaled', () => {
    const read = reading(built(pair()))().layers[0]!.attn_q!
    expect(read).toMatchObject({ rank: 2, scale: 3 })
    expect([read.a[5], read.b[7]]).toEqual([0.5, 0.25])
    expect(reading(built(pair(), { 'adapter.lora.alpha': undefined }))().layers[0]!.attn_q!.scale).toBe(1)
  })

  it.each([
    ['a model', 'ADAPTER_CONFIG', built(pair(), { 'general.type': text('model') })],
    ['another kind of adapter', 'ADAPTER_CONFIG', built(pair(), { 'adapter.type': text('dora') })],
    ['an adapter that begins at certain tokens', 'ADAPTER_CONFIG', built(pair(), { 'adapter.alora.invocation_tokens': text('x') })],
    ['another architecture', 'ADAPTER_WRONG_BASE', built(pair(), { 'general.architecture': text('qwen2') })],
    ['a layer too many', 'ADAPTER_WRONG_BASE', built(pair('blk.2.attn_q.weight'))],
    ['another shape', 'ADAPTER_WRONG_BASE', built(pair('blk.0.attn_k.weight'))],
    ['a foreign tensor', 'ADAPTER_TENSOR', built([...pair(), { name: 'token_embd.weight.lora_a', shape: [64, 2], type: 'F16', data: a }])],
    ['one factor only', 'ADAPTER_TENSOR', built(pair().slice(1))],
    ['factors of two ranks', 'ADAPTER_TENSOR', built([pair()[0]!, { name: 'blk.0.attn_q.weight.lora_b', shape: [4, 32], type: 'BF16', data: b }])],
    ['no tensors', 'ADAPTER_TENSOR', built([])],
    ['an element type for weights', 'ADAPTER_TENSOR', built([{ name: 'blk.0.attn_q.weight.lora_a', shape: [64, 2], type: 'Q8_0', data: new Uint8Array(136) }, pair()[1]!])],
    ['a value that is no number', 'ADAPTER_NOT_FINITE', built([pair()[0]!, { ...pair()[1]!, data: b.map((byte, index) => (index < 2 ? 255 : byte)) }])],
    ['its end cut off', 'GGUF_TRUNCATED', built(pair()).slice(0, -40)],
  ])('are refused with %s', (_, expected, bytes) => {
    expect(reading(bytes)).toThrow(code(expected))
  })
})
