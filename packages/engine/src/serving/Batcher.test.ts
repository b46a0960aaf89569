import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { keccak, type Sampling } from '@openledger/protocol'
import { Backend, loadGgml } from '@openledger/tensor'
import { adapterBytes } from '../adapter/Adapter.ts'
import { writePeftFolder } from '../adapter/peftFolder.ts'
import { AdapterWindow } from '../forward/AdapterWindow.ts'
import { randomAdapter } from '../fixtures/randomAdapter.ts'
import { writeTinyModel } from '../fixtures/writeTinyModel.ts'
import { loadModel } from '../model/loadModel.ts'
import { AdapterPool } from './pool/AdapterPool.ts'
import type { Batcher } from './Batcher.ts'
import { openBatcher, type ServingOptions } from './openBatcher.ts'
import type { GeneratedToken, GenerateRequest } from './requests.ts'

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
