import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { type Hex, keccak, type Sampling } from '@openledger/protocol'
import { Backend, loadGgml } from '@openledger/tensor'
import { adapterBytes } from '../adapter/Adapter.ts'
import { writePeftFolder } from '../adapter/peftFolder.ts'
import { AdapterWindow } from '../forward/AdapterWindow.ts'
import { ForwardPass } from '../forward/ForwardPass.ts'
import { KvCache } from '../forward/KvCache.ts'
import { randomAdapter } from '../fixtures/randomAdapter.ts'
import { writeTinyModel } from '../fixtures/writeTinyModel.ts'
import { loadModel } from '../model/loadModel.ts'
import { AdapterPool } from './pool/AdapterPool.ts'
import type { Batcher } from './Batcher.ts'
import { openBatcher, type ServingOptions } from './openBatcher.ts'
import type { GeneratedToken, GenerateRequest, GenerateResult } from './requests.ts'

const folder = mkdtempSync(join(tmpdir(), 'openledger-serving-'))
const path = join(folder, 'tiny.gguf')
writeTinyModel(path, { type: 'Q8_0' })
const backend = new Backend(loadGgml(), 1)
const model = loadModel(path, backend)
const adapters = [1, 2].map((seed) => randomAdapter(model, { seed, rank: 2 + seed }))
const folders = adapters.map((adapter, index) => (writePeftFolder(join(folder, `adapter-${index}`), adapter, model), join(folder, `adapter-${index}`)))

const opened: { dispose(): void }[] = []
function fresh(slots = 4, maxRows = 64, more: Partial<ServingOptions> = {}): { batcher: Batcher; pool: AdapterPool; ids: (typeof adapters)[number]['id'][] } {
  const window = new AdapterWindow(backend, 2 ** 24)
  const pool = new AdapterPool(model, { window, hostBytes: 2 ** 24 })
  const ids = adapters.map((adapter) => pool.registerInMemory(adapter))
  const { batcher, dispose } = openBatcher(model, pool, { slots, maxRows, positions: 256, kvType: 'F32', ...more })
  opened.push({ dispose }, pool, window)
  return { batcher, pool, ids }
}
afterEach(() => opened.splice(0).forEach((item) => item.dispose()))
afterAll(() => {
  model.dispose()
  backend.dispose()
  rmSync(folder, { recursive: true })
})

const sampling = (changes: Partial<Sampling> = {}): Sampling => ({ temperature: 0.9, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, maxTokens: 24, stop: [], seed: keccak(new Uint8Array([7])), ...changes })
const tokensOf = (text: string): number[] => model.vocabulary.tokenize(text, { addSpecial: true, parseSpecial: false })
const ignore = (): void => undefined

describe('Batcher', () => {
  it('gives in a mixed batch what it gives alone, token for token and bit for bit', async () => {
    const ids = fresh().ids
    const requests: GenerateRequest[] = [null, ids[0]!, ids[1]!, ids[0]!, ids[1]!, null].map((adapterId, index) => ({
      adapterId,
      promptTokens: tokensOf(['the river', 'who lives in the red house? '.repeat(5), 'x'][index % 3]!),
      sampling: sampling({ temperature: index % 2 === 0 ? 0 : 0.9, maxTokens: 10 + index, repetitionPenalty: index === 3 ? 1.3 : 1 }),
      logitsHashes: true,
    }))
    const alone = []
    for (const request of requests) alone.push(await fresh(1, 8).batcher.generate(request, ignore))
    const { batcher } = fresh(4, 20)
    const together = await Promise.all(requests.map((request) => batcher.generate(request, ignore)))
    expect(together).toEqual(alone)
    expect(batcher.load).toMatchObject({ active: 0, waiting: 0 })
    expect(batcher.load.steps).toBeLessThan(alone.reduce((sum, { tokens }) => sum + tokens.length, 0))
    // The same request with another adapter is another answer: a mixed-up slot would show.
    const [a, b] = await Promise.all([0, 1].map((index) => batcher.generate({ ...requests[1]!, adapterId: ids[index]! }, ignore)))
    expect(a!.logitsHashes[0]).not.toBe(b!.logitsHashes[0])
  })

  it('gives the same bits when an answer pauses for another payer and goes on in another slot', async () => {
    const ids = fresh().ids
    for (const kvType of ['F32', 'F16'] as const) {
      const request = (payer: string, index: number, maxTokens: number): GenerateRequest => ({ adapterId: ids[index % 2]!, payer, promptTokens: tokensOf(['the river', 'who lives there?'][index % 2]!), sampling: sampling({ maxTokens }), ignoreEnd: true, logitsHashes: true })
      const [long, short] = [[0, 1].map((index) => request('heavy', index, 60)), [2, 3, 4].map((index) => request('light', index, 12))]
      const alone: GenerateResult[] = []
      for (const one of [...long, ...short]) alone.push(await fresh(1, 64, { kvType }).batcher.generate(one, ignore))
      const { batcher } = fresh(2, 64, { kvType, fairSlack: 20 })
      let count = 0
      const later: Promise<GenerateResult>[] = []
      const answers = long.map((one) => batcher.generate(one, () => void (count++ === 40 && later.push(...short.map((other) => batcher.generate(other, ignore))))))
      const together = [...(await Promise.all(answers)), ...(await Promise.all(later))]
      expect(together).toEqual(alone)
      expect(batcher.load.detail.pauses).toBeGreaterThanOrEqual(1)
    }
  })

  it('depends on the seed alone, and streams what it returns', async () => {
    const { batcher } = fresh()
    const request: GenerateRequest = { adapterId: null, promptTokens: tokensOf('the river'), sampling: sampling(), topLogprobs: 3 }
    const streamed: GeneratedToken[] = []
    const first = await batcher.generate(request, (token) => streamed.push(token))
    const again = await batcher.generate(request, ignore)
    const other = await batcher.generate({ ...request, sampling: sampling({ seed: keccak(new Uint8Array([8])) }) }, ignore)
    expect(again).toEqual(first)
    expect(other.tokens).not.toEqual(first.tokens)
    expect(streamed.map(({ token }) => token)).toEqual(first.tokens)
    expect(first.text.startsWith(streamed.map(({ text }) => text).join(''))).toBe(true)
    expect(first.top.every((top) => top.length === 3)).toBe(true)
  })

  it('scores tokens as it generated them', async () => {
    const { batcher, ids } = fresh(2, 8)
    const promptTokens = tokensOf('who lives in the red house?')
    const { tokens, logprobs } = await batcher.generate({ adapterId: ids[0]!, promptTokens, sampling: sampling({ temperature: 0 }) }, ignore)
    expect(tokens.length).toBeGreaterThan(2)
    const scored = await batcher.score({ adapterId: ids[0]!, tokens: [...promptTokens, ...tokens], from: promptTokens.length })
    expect(scored).toEqual(logprobs)
    const base = await batcher.score({ adapterId: null, tokens: [...promptTokens, ...tokens], from: promptTokens.length })
    expect(base).not.toEqual(logprobs)
  })

  it('cuts at a stop string and counts tokens', async () => {
    const { batcher } = fresh()
    const request: GenerateRequest = { adapterId: null, promptTokens: tokensOf('the'), sampling: sampling({ temperature: 0 }) }
    const whole = await batcher.generate(request, ignore)
    expect(whole.finishReason === 'length' ? whole.tokens.length : 24).toBe(24)
    const stop = whole.text.slice(5, 8)
    const cut = await batcher.generate({ ...request, sampling: sampling({ temperature: 0, stop: [stop] }) }, ignore)
    expect(cut.finishReason).toBe('stop')
    expect(cut.text).toBe(whole.text.slice(0, whole.text.indexOf(stop)))
    expect(cut.tokens.length).toBeLessThan(whole.tokens.length)
  })

  it('cancels one request without touching the others, running or waiting', async () => {
    const { batcher } = fresh(2, 16)
    const request: GenerateRequest = { adapterId: null, promptTokens: tokensOf('the'), sampling: sampling({ maxTokens: 100 }) }
    const [running, waiting] = [new AbortController(), new AbortController()]
    const first = batcher.generate(request, () => running.abort(), running.signal)
    const second = batcher.generate({ ...request, sampling: sampling({ maxTokens: 12 }) }, ignore)
    const third = batcher.generate(request, ignore, waiting.signal)
    waiting.abort()
    const outcomes = await Promise.allSettled([first, third])
    expect(outcomes).toMatchObject([{ reason: { code: 'CANCELLED' } }, { reason: { code: 'CANCELLED' } }])
    expect((await second).promptTokens).toBe(request.promptTokens.length)
    expect(batcher.load).toMatchObject({ active: 0, waiting: 0 })
  })

  it('gives the same logits, bit for bit, whether a prompt was computed or taken from an earlier sequence of the same adapters', async () => {
    const system = tokensOf('who lives in the red house? '.repeat(4))
    const asks = ['the river', 'the mill and', 'what runs'].map((text) => [...system, ...tokensOf(text).slice(1)])
    const requests = (ids: Hex[]): GenerateRequest[] =>
      [null, ids[0]!, ids[1]!].flatMap((adapterId) => asks.map((promptTokens) => ({ adapterId, promptTokens, sampling: sampling({ temperature: 0, maxTokens: 6 }), logitsHashes: true })))
    const expected: GenerateResult[] = []
    for (const index of Array.from({ length: 9 }).keys()) {
      // A batcher of its own has nothing to take from.
      const { batcher, ids } = fresh(1, 16)
      expected.push(await batcher.generate(requests(ids)[index]!, ignore))
      expect(batcher.load.detail.prefix.hits).toBe(0)
    }
    // One after the other, all at once, and through few slots with others that keep prefixes.
    for (const { slots, prefixSlots, together } of [{ slots: 4, prefixSlots: 0, together: false }, { slots: 9, prefixSlots: 0, together: true }, { slots: 2, prefixSlots: 3, together: true }]) {
      const { batcher, ids } = fresh(slots, 40, { prefixSlots, promptRows: 16 })
      const got: GenerateResult[] = []
      if (together) got.push(...(await Promise.all(requests(ids).map((request) => batcher.generate(request, ignore)))))
      else for (const request of requests(ids)) got.push(await batcher.generate(request, ignore))
      expect(got).toEqual(expected)
      const { prefix, rows } = batcher.load.detail
      // With few slots it depends on the order how much is still there.
      const hits = slots === 2 ? 1 : 6
      expect(prefix.hits).toBeGreaterThanOrEqual(hits)
      expect(prefix.tokens).toBeGreaterThanOrEqual(hits * (system.length - 1))
      expect(rows.prompt + prefix.tokens).toBe(requests(ids).reduce((sum, { promptTokens }) => sum + promptTokens.length, 0))
    }
  })

  it('computes an equal prompt once for requests that come together', async () => {
    const { batcher, ids } = fresh(4, 16)
    const promptTokens = tokensOf('what runs past the mill? '.repeat(6))
    const results = await Promise.all([1, 2, 3, 4].map((seed) => batcher.generate({ adapterId: ids[0]!, promptTokens, sampling: sampling({ seed: keccak(Uint8Array.of(seed)) }) }, ignore)))
    expect(new Set(results.map(({ tokens }) => tokens.join())).size).toBe(4)
    expect(batcher.load.detail).toMatchObject({ rows: { prompt: promptTokens.length + 3 }, prefix: { hits: 3, tokens: 3 * (promptTokens.length - 1) } })
  })

  it('embeds: mean and last hidden state, of length one, the same in any pieces, with an adapter or without', async () => {
    const tokens = tokensOf('who lives in the red house? '.repeat(3))
    const { batcher, ids } = fresh(2, 64)
    const all = async (from: Batcher): Promise<Float32Array[]> => Promise.all([{}, { pooling: 'last' as const }, { adapterId: ids[0]! }].map((more) => from.embed({ tokens, ...more })))
    const vectors = await all(batcher)
    for (const vector of vectors) {
      expect(vector.length).toBe(model.config.width)
      expect(vector.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 5)
    }
    const cosine = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, index) => sum + value * b[index]!, 0)
    for (const [i, j] of [[0, 1], [0, 2], [1, 2]] as const) expect(cosine(vectors[i]!, vectors[j]!)).toBeLessThan(0.9999)
    const small = fresh(3, 5).batcher
    expect(await all(small)).toEqual(vectors)
    // By the model itself: the hidden state of every token in one pass.
    const cache = new KvCache(model.config, backend, { slots: 1, positions: 128, type: 'F32' })
    const pass = new ForwardPass(model, cache)
    const rows = pass.run([{ slot: 0, adapters: [], tokens, past: 0, outputs: [...tokens.keys()], result: 'hidden' }])[0]!
    const mean = Float32Array.from({ length: model.config.width }, (_, index) => rows.reduce((sum, row) => sum + row[index]!, 0))
    expect(cosine(mean, vectors[0]!) / Math.hypot(...mean)).toBeCloseTo(1, 6)
    expect(cosine(rows.at(-1)!, vectors[1]!) / Math.hypot(...rows.at(-1)!)).toBeCloseTo(1, 6)
    pass.dispose()
    cache.dispose()
  })

  it('ignores the end, and leaves out log probabilities, when asked to', async () => {
    const { batcher } = fresh()
    const request: GenerateRequest = { adapterId: null, promptTokens: tokensOf('the'), sampling: sampling({ maxTokens: 200 }) }
    const plain = await batcher.generate(request, ignore)
    expect(plain.finishReason).toBe('stop')
    const quick = await batcher.generate({ ...request, ignoreEnd: true, logprobs: false }, ignore)
    expect([quick.tokens.length, quick.logprobs, quick.finishReason]).toEqual([200, [], 'length'])
    expect(quick.tokens.slice(0, plain.tokens.length)).toEqual(plain.tokens)
  })

  it('refuses what cannot be served, and goes on serving', async () => {
    const { batcher, ids } = fresh()
    const request: GenerateRequest = { adapterId: null, promptTokens: tokensOf('the'), sampling: sampling({ maxTokens: 2 }) }
    const code = (changes: Partial<GenerateRequest>) => batcher.generate({ ...request, ...changes }, ignore).then(() => 'none', (error: { code: string }) => error.code)
    expect(await code({ sampling: sampling({ maxTokens: 1000 }) })).toBe('CONTEXT_OVERFLOW')
    expect(await code({ promptTokens: Array.from({ length: 255 }, () => 5) })).toBe('CONTEXT_OVERFLOW')
    expect(await code({ promptTokens: [] })).toBe('PROMPT_EMPTY')
    expect(await code({ promptTokens: [-1] })).toBe('TOKEN_RANGE')
    expect(await code({ sampling: sampling({ temperature: -1 }) })).toBe('BAD_SAMPLING')
    expect(await code({ adapterId: keccak(new Uint8Array([9])) })).toBe('ADAPTER_UNKNOWN')
    await expect(batcher.score({ adapterId: ids[0]!, tokens: [1, 2], from: 2 })).rejects.toMatchObject({ code: 'SCORE_RANGE' })
    expect(await code({})).toBe('none')
  })

  it('serves two adapters from folders through a window for one, and finishes with one that is removed after the request came', async () => {
    const window = new AdapterWindow(backend, 1.1 * Math.max(...adapters.map(adapterBytes)))
    const pool = new AdapterPool(model, { window, hostBytes: 0 })
    const ids = await Promise.all(folders.map((place) => pool.register(place)))
    const { batcher, dispose } = openBatcher(model, pool, { slots: 2, maxRows: 16, positions: 64, kvType: 'F32' })
    opened.push({ dispose }, pool, window)
    const request = (adapterId: (typeof ids)[number]): GenerateRequest => ({ adapterId, promptTokens: tokensOf('the'), sampling: sampling({ maxTokens: 4 }) })
    const expected = await batcher.generate(request(ids[0]!), ignore)
    const both = await Promise.all([ids[1]!, ids[0]!].map((id) => batcher.generate(request(id), ignore)))
    expect(both[1]).toEqual(expected)
    expect(both[0]).not.toEqual(expected)
    expect(pool.stats()).toMatchObject({ window: { adapters: 1 }, loads: { disk: 2, host: 2 }, evictions: { window: 1 } })
    const flights = [ids[1]!, ids[0]!].map((id) => batcher.generate(request(id), ignore))
    pool.remove(ids[0]!)
    expect(await Promise.all(flights)).toEqual(both)
    await expect(batcher.generate(request(ids[0]!), ignore)).rejects.toMatchObject({ code: 'ADAPTER_UNKNOWN' })
  })
})
