import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keccak, type Sampling } from '@openledger/protocol'
import { Backend, loadGgml } from '@openledger/tensor'
import { AdapterWindow } from '../forward/AdapterWindow.ts'
import { randomAdapter } from '../fixtures/randomAdapter.ts'
import { writeTinyModel } from '../fixtures/writeTinyModel.ts'
import { loadModel } from '../model/loadModel.ts'
import type { Batcher } from './Batcher.ts'
import { openBatcher } from './openBatcher.ts'
import { AdapterPool } from './pool/AdapterPool.ts'
import type { GeneratedToken, GenerateRequest, GenerateResult } from './requests.ts'

const folder = mkdtempSync(join(tmpdir(), 'openledger-continuation-'))
const path = join(folder, 'tiny.gguf')
writeTinyModel(path, { type: 'Q8_0' })
const backend = new Backend(loadGgml(), 1)
const model = loadModel(path, backend)
const window = new AdapterWindow(backend, 2 ** 24)
const pool = new AdapterPool(model, { window, hostBytes: 2 ** 24 })
const adapterId = pool.registerInMemory(randomAdapter(model, { seed: 5, rank: 3 }))
const batchers = [{ slots: 1, maxRows: 9 }, { slots: 3, maxRows: 40 }].map((size) => openBatcher(model, pool, { ...size, positions: 128, kvType: 'F32' }))
const [first, second] = batchers.map(({ batcher }) => batcher) as [Batcher, Batcher]
afterAll(() => {
  for (const item of [...batchers, pool, window, model, backend]) item.dispose()
  rmSync(folder, { recursive: true })
})

const sampling = (changes: Partial<Sampling> = {}): Sampling => ({ temperature: 0.9, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, maxTokens: 18, stop: [], seed: keccak(Uint8Array.of(7)), ...changes })
const promptTokens = model.vocabulary.tokenize('who lives in the red house?', { addSpecial: true, parseSpecial: false })
const plain: GenerateRequest = { adapterId, promptTokens, sampling: sampling(), logitsHashes: true, topLogprobs: 2 }
const schema = JSON.stringify({ type: 'object', properties: { who: { type: 'string', maxLength: 6 }, age: { type: 'integer' } }, required: ['who', 'age'], additionalProperties: false })

type Streamed = { result: GenerateResult; stream: GeneratedToken[] }
async function run(batcher: Batcher, request: GenerateRequest): Promise<Streamed> {
  const stream: GeneratedToken[] = []
  return { result: await batcher.generate(request, (token) => stream.push(token)), stream }
}

describe('an answer that is continued', () => {
  let stop: string
  beforeAll(async () => {
    const { result } = await run(first, { ...plain, sampling: sampling({ temperature: 0 }) })
    stop = result.text.slice(-5, -2)
    expect(stop).toHaveLength(3)
  })

  const cases: [string, () => Partial<Sampling>][] = [
    ['by its seed', () => ({})],
    ['greedily', () => ({ temperature: 0 })],
    ['with penalties and biases', () => ({ repetitionPenalty: 1.3, presencePenalty: 0.5, frequencyPenalty: 0.7, logitBias: [[5, 2]] })],
    ['up to a stop string', () => ({ temperature: 0, stop: [stop] })],
    ['by a schema', () => ({ jsonSchema: schema, maxTokens: 40 })],
    ['to its end', () => ({ maxTokens: 80, seed: keccak(Uint8Array.of(3)) })],
  ]
  it.each(cases)('is the same from any token on, bit for bit: %s', async (_, changes) => {
    const request = { ...plain, sampling: sampling(changes()) }
    const whole = await run(first, request)
    expect(whole.stream.map(({ token }) => token)).toEqual(whole.result.tokens)
    const { tokens } = whole.result
    expect(tokens.length).toBeGreaterThan(3)
    for (const at of new Set([1, 2, Math.floor(tokens.length / 2), tokens.length - 1, tokens.length])) {
      // In company, in pieces of another size.
      const [rest] = await Promise.all([run(second, { ...request, answered: tokens.slice(0, at) }), run(second, { ...plain, adapterId: null })])
      expect(rest.result).toEqual(whole.result)
      expect(rest.stream).toEqual(whole.stream.slice(at))
    }
  })

  it('is compared to its end instead, where that is asked for', async () => {
    const { result } = await run(first, plain)
    const { tokens } = result
    const differing = async (answered: number[], changes: Partial<GenerateRequest> = {}): Promise<number[] | undefined> => {
      const again = await second.generate({ ...plain, ...changes, answered, compare: true }, () => undefined)
      expect(again.tokens.slice(0, answered.length)).toEqual(answered)
      return again.differing
    }
    expect(result.differing).toBeUndefined()
    expect(await differing(tokens)).toEqual([])
    const wrong = tokens.map((token, index) => (index === 4 ? (token + 1) % model.vocabulary.size : token))
    expect((await differing(wrong))![0]).toBe(4)
    expect((await differing(tokens, { adapterId: null }))!.length).toBeGreaterThan(1)
  })

  it('is refused at the token that would have been another', async () => {
    const { result } = await run(first, plain)
    const { tokens } = result
    const code = (answered: number[], changes: Partial<GenerateRequest> = {}): Promise<unknown> =>
      second.generate({ ...plain, ...changes, answered }, () => undefined).then(() => 'none', ({ code, field }: { code: string; field: string }) => [code, field])
    const wrong = tokens.map((token, index) => (index === 4 ? (token + 1) % model.vocabulary.size : token))
    expect(await code(wrong)).toEqual(['CONTINUATION_DIFFERS', 'answered.4'])
    expect(await code(tokens, { adapterId: null })).toEqual(['CONTINUATION_DIFFERS', expect.stringMatching(/^answered\.\d+$/)])
    expect(await code(tokens, { sampling: sampling({ seed: keccak(Uint8Array.of(8)) }) })).toEqual(['CONTINUATION_DIFFERS', expect.any(String)])
    expect(await code([...tokens, 5])).toEqual(['BAD_CONTINUATION', 'answered'])
    expect(await code([-1])).toEqual(['TOKEN_RANGE', 'answered'])
    // What goes on after the answer has ended is no continuation.
    const cut = await run(first, { ...plain, sampling: sampling({ temperature: 0, stop: [stop] }) })
    expect(await code([...cut.result.tokens, 5], { sampling: sampling({ temperature: 0, stop: [stop] }) })).toEqual(['CONTINUATION_DIFFERS', `answered.${cut.result.tokens.length}`])
    expect(await code(tokens.slice(0, 4))).toBe('none')
  })
})
