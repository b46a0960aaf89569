import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { EngineHost, type GenerateRequest } from '@openledger/engine'
import { keccak, type Hex, type OpenLedgerError, type Sampling } from '@openledger/protocol'
import { systemClock } from '../config/Clock.ts'
import { SglangServer } from '../test/SglangServer.ts'
import { randomAdapters } from '../test/tinyAdapters.ts'
import { randomModel } from '../test/tinyModel.ts'
import type { UpstreamServer, UpstreamServerOptions } from '../test/UpstreamServer.ts'
import { VllmServer } from '../test/VllmServer.ts'
import { UpstreamEngine, type UpstreamEngineOptions } from './UpstreamEngine.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'openledger-upstream-'))
const modelPath = await randomModel(folder)
const adapters = await randomAdapters(modelPath, folder, 3)
const local = new EngineHost({ threads: 1 })
let prompt: number[]
beforeAll(async () => {
  await local.loadModel(modelPath)
  prompt = await local.tokenize('who lives in the red house?')
})
const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const part of opened.splice(0)) await part.close()
})
afterAll(async () => {
  await local.close()
  rmSync(folder, { recursive: true })
})

const sampling = (changes: Partial<Sampling> = {}): Sampling => ({ temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, maxTokens: 8, stop: [], seed: keccak(new Uint8Array([3])), ...changes })
const request = (changes: Partial<GenerateRequest> = {}): GenerateRequest => ({ adapterId: null, promptTokens: prompt, sampling: sampling(), ignoreEnd: true, ...changes })
const errorOf = (promise: Promise<unknown>): Promise<OpenLedgerError> => promise.then(() => Promise.reject(new Error('nothing failed')), (error: unknown) => error as OpenLedgerError)

type Setup = { engine: UpstreamEngine; server: UpstreamServer; ids: Hex[] }

async function open(dialect: 'vllm' | 'sglang', options: Partial<UpstreamEngineOptions> = {}, serverOptions: Partial<UpstreamServerOptions> = {}): Promise<Setup> {
  const server = dialect === 'vllm' ? new VllmServer({ modelPath, engine: local, ...serverOptions }) : new SglangServer({ modelPath, engine: local, ...serverOptions })
  const url = await server.start()
  const engine = new UpstreamEngine({ url, dialect, clock: systemClock, environment: {}, ...options, timeouts: { backoff: 1, ...options.timeouts } })
  opened.push(engine, { close: () => server.stop() })
  await engine.loadModel(modelPath)
  return { engine, server, ids: await Promise.all(adapters.map((place) => engine.registerAdapter(place))) }
}

describe.each(['vllm', 'sglang'] as const)('UpstreamEngine over %s', (dialect) => {
  it('answers what the engine behind the server answers, token for token', async () => {
    const { engine, server, ids } = await open(dialect)
    await local.registerAdapter(adapters[0]!)
    for (const one of [request(), request({ adapterId: ids[0]!, topLogprobs: 2 }), request({ ignoreEnd: false, sampling: sampling({ maxTokens: 60 }) })]) {
      const { tokensFrom, ...answer } = await engine.generate(one)
      expect(answer).toEqual(await local.generate(one))
      expect(tokensFrom).toBe('ids')
    }
    // Adapters are known there by their content.
    expect([...server.loras.keys()]).toEqual([ids[0]])
  })

  it('uses a connection for one answer after the other', async () => {
    const { engine, server } = await open(dialect)
    for (let i = 0; i < 5; i++) await engine.generate(request())
    expect(server.connections).toBe(1)
  })

  it('sends again what failed before the first token, and gives up after its tries', async () => {
    const { engine, server } = await open(dialect)
    const expected = await engine.generate(request())
    server.faults.push({ kind: 'status', status: 500, body: '{"error":{"message":"oops"}}' }, { kind: 'empty' })
    expect(await engine.generate(request())).toEqual(expected)
    server.faults.push({ kind: 'cut', after: 0 })
    expect(await engine.generate(request())).toEqual(expected)
    server.faults.push(...Array.from({ length: 3 }, () => ({ kind: 'empty' as const })))
    expect(await errorOf(engine.generate(request()))).toMatchObject({ code: 'UPSTREAM_EMPTY', status: 502 })
    expect(server.faults).toHaveLength(0)
  })

  it.each([
    ['cut', 'UPSTREAM_CUT'],
    ['end-early', 'UPSTREAM_CUT'],
    ['event-error', 'UPSTREAM_FAILED'],
  ] as const)('never repeats an answer that has begun: %s', async (kind, code) => {
    const { engine, server } = await open(dialect)
    server.faults.push({ kind, after: 3 })
    const seen: number[] = []
    expect(await errorOf(engine.generate(request(), { onToken: ({ token }) => seen.push(token) }))).toMatchObject({ code, action: 'retry' })
    expect(seen).toHaveLength(3)
    expect(server.bodies(dialect === 'vllm' ? '/v1/completions' : '/generate')).toHaveLength(1)
    await expect.poll(() => server.running).toBe(0)
  })

  it('waits so long for the first token and for each next, and closes the connection', async () => {
    const { engine, server } = await open(dialect, { timeouts: { firstToken: 300, betweenTokens: 150 }, retries: 0 })
    server.faults.push({ kind: 'silence', after: 0 })
    expect(await errorOf(engine.generate(request()))).toMatchObject({ code: 'UPSTREAM_TIMEOUT' })
    server.faults.push({ kind: 'silence', after: 2 })
    expect(await errorOf(engine.generate(request()))).toMatchObject({ code: 'UPSTREAM_TIMEOUT' })
    server.faults.push({ kind: 'silence', after: 0 })
    expect(await errorOf(engine.generate(request({ firstTokenMs: 50 })))).toMatchObject({ code: 'OVERLOADED', status: 429, retryAfterMs: 50 })
    await expect.poll(() => server.running).toBe(0)
  })

  it('ends the computation of a request that is cancelled', async () => {
    const { engine, server } = await open(dialect)
    const stop = new AbortController()
    const pending = errorOf(engine.generate(request({ sampling: sampling({ maxTokens: 400 }) }), { signal: stop.signal, onToken: () => stop.abort() }))
    expect(await pending).toMatchObject({ code: 'CANCELLED', status: 499 })
    await expect.poll(() => server.running).toBe(0)
    await expect.poll(async () => (await engine.load()).active).toBe(0)
  })

  it('passes on that the server is overloaded, and when to come again', async () => {
    const { engine, server } = await open(dialect)
    server.faults.push({ kind: 'status', status: 429, headers: { 'retry-after': '7' } })
    expect(await errorOf(engine.generate(request()))).toMatchObject({ code: 'OVERLOADED', status: 429, action: 'retry', retryAfterMs: 7000 })
  })

  it('loads its adapters again, once, when the server was restarted', async () => {
    const { engine, server, ids } = await open(dialect)
    const expected = await engine.generate(request({ adapterId: ids[1]! }))
    server.restart()
    const again = await Promise.all([1, 1, 0].map((n) => engine.generate(request({ adapterId: ids[n]! }))))
    expect(again.slice(0, 2)).toEqual([expected, expected])
    // A server that loses what it has just loaded is at fault.
    server.loras.clear()
    const set = server.loras.set.bind(server.loras)
    server.loras.set = () => server.loras
    expect(await errorOf(engine.generate(request({ adapterId: ids[1]! })))).toMatchObject({ code: 'UPSTREAM_ADAPTER_LOST' })
    server.loras.set = set
    expect(await engine.generate(request({ adapterId: ids[1]! }))).toEqual(expected)
  })

  it('keeps to the number of adapters that the server may hold, and unloads none in use', async () => {
    const { engine, server, ids } = await open(dialect, { maxAdapters: 2 }, { maxAdapters: 2 })
    server.failingUnloads = 1
    const many = Array.from({ length: 12 }, (_, i) => engine.generate(request({ adapterId: ids[i % 3]! })))
    const results = await Promise.all(many)
    expect(new Set(results.map(({ tokens }) => tokens.join())).size).toBe(3)
    expect(server.unloadedInUse).toBe(0)
    expect((await engine.load()).adapters).toBe(2)
  })

  it('gives a failing server a rest, and finds out when it is well', async () => {
    let now = 1000
    const clock = { ...systemClock, now: () => now }
    const { engine, server } = await open(dialect, { clock, limits: { failures: 2 }, retries: 0 })
    for (let i = 0; i < 2; i++) {
      server.faults.push({ kind: 'status', status: 503 })
      expect(await errorOf(engine.generate(request()))).toMatchObject({ code: 'UPSTREAM_FAILED', status: 503 })
    }
    expect(await errorOf(engine.generate(request()))).toMatchObject({ code: 'UPSTREAM_AWAY', retryAfterMs: 10_000 })
    expect(await errorOf(engine.load())).toMatchObject({ code: 'UPSTREAM_AWAY' })
    now += 10_001
    expect((await engine.generate(request())).tokens).toHaveLength(8)
    expect(server.seen.some((call) => call.path === (dialect === 'vllm' ? '/health' : '/health_generate'))).toBe(true)
  })

  it('does not go on with a server that has become another', async () => {
    let now = 1000
    const { engine, server } = await open(dialect, { clock: { ...systemClock, now: () => now }, limits: { failures: 1 }, retries: 0 })
    server.faults.push({ kind: 'cut', after: 0 })
    await errorOf(engine.generate(request()))
    server.options.version = '9.9.9'
    now += 10_001
    expect(await errorOf(engine.generate(request()))).toMatchObject({ code: 'UPSTREAM_CHANGED' })
  })

  it('sends its token, and never says it', async () => {
    const server = dialect === 'vllm' ? new VllmServer({ modelPath, engine: local, token: 'right' }) : new SglangServer({ modelPath, engine: local, token: 'right' })
    opened.push({ close: () => server.stop() })
    const url = await server.start()
    const wrong = new UpstreamEngine({ url, dialect, token: 'wrong-token', clock: systemClock })
    const right = new UpstreamEngine({ url: `${url}/v1/`, dialect, clock: systemClock, environment: { OPENLEDGER_UPSTREAM_TOKEN: 'right' } })
    opened.push(wrong, right)
    const refused = await errorOf(wrong.loadModel(modelPath))
    expect(refused).toMatchObject({ code: 'UPSTREAM_AUTH', status: 502 })
    expect(JSON.stringify([refused, refused.message, refused.stack])).not.toContain('wrong-token')
    expect((await right.loadModel(modelPath)).profile).toMatchObject({ engine: dialect })
    server.faults.push({ kind: 'status', status: 400, body: '{"error":{"message":"bad header Bearer right"}}' })
    expect((await errorOf(right.generate(request()))).message).toMatch(/bad header Bearer \*\*\*$/)
  })

  it('ends an answer where it must end, and the connection with it, whatever the server does', async () => {
    const { engine, server } = await open(dialect, {}, { deaf: true })
    const whole = await local.generate(request({ sampling: sampling({ maxTokens: 40 }) }))
    const stop = whole.text.slice(2, 6)
    for (const one of [request(), request({ sampling: sampling({ maxTokens: 40, stop: [stop] }) })]) {
      const { tokensFrom, ...answer } = await engine.generate(one)
      expect(answer).toEqual(await local.generate(one))
      expect(tokensFrom).toBe('ids')
    }
    await expect.poll(() => server.running).toBe(0)
    // Two answers of 400 tokens would have been sent to whoever stayed.
    expect(server.sent).toBeLessThan(400)
  })

  it('marks an answer whose tokens are its text split once more', async () => {
    const { engine } = await open(dialect, {}, { withoutIds: true })
    const result = await engine.generate(request({ sampling: sampling({ maxTokens: 6 }) }))
    expect(result.tokensFrom).toBe('text')
    expect(result.tokens.length).toBeLessThanOrEqual(6)
    expect(await local.detokenize(result.tokens)).toBe(result.text)
    // Split once more a text can be longer: it is cut where the limit is.
    expect((await local.generate(request({ sampling: sampling({ maxTokens: 6 }) }))).text.startsWith(result.text)).toBe(true)
    expect(await errorOf(engine.generate(request({ topLogprobs: 1 })))).toMatchObject({ code: 'ENGINE_CANNOT' })
  })
})

it('refuses an answer to another prompt', async () => {
  const { engine } = await open('vllm', {}, { otherPrompt: true })
  expect(await errorOf(engine.generate(request()))).toMatchObject({ code: 'UPSTREAM_PROMPT', status: 502 })
})

it('refuses a server whose model splits texts otherwise', async () => {
  class OtherTokens extends VllmServer {
    protected override async answer(method: string, place: string, body: Record<string, unknown>): ReturnType<VllmServer['answer']> {
      return place === '/tokenize' ? { status: 200, body: { tokens: [7, 8, 9] } } : super.answer(method, place, body)
    }
  }
  const server = new OtherTokens({ modelPath, engine: local })
  opened.push({ close: () => server.stop() })
  const engine = new UpstreamEngine({ url: await server.start(), dialect: 'vllm', clock: systemClock })
  opened.push(engine)
  expect(await errorOf(engine.loadModel(modelPath))).toMatchObject({ code: 'UPSTREAM_TOKENIZER' })
})

it('says that a server cannot be reached, and takes no address that is none', async () => {
  const engine = new UpstreamEngine({ url: 'http://127.0.0.1:9', dialect: 'vllm', clock: systemClock })
  opened.push(engine)
  expect(await errorOf(engine.loadModel(modelPath))).toMatchObject({ code: 'UPSTREAM_AWAY', status: 503 })
  for (const url of ['file:///etc/passwd', 'http://user:secret@host', 'host:80 x']) expect(() => new UpstreamEngine({ url, dialect: 'vllm', clock: systemClock })).toThrow(expect.objectContaining({ code: 'UPSTREAM_URL' }))
})

it('bounds what it reads', async () => {
  const { engine, server } = await open('vllm', { limits: { event: 1000, reply: 5000 } })
  server.faults.push({ kind: 'status', status: 500, body: 'x'.repeat(100_000) })
  expect(await errorOf(engine.generate(request()))).toMatchObject({ code: 'UPSTREAM_TOO_LARGE' })
  const long = request({ promptTokens: Array.from({ length: 400 }, () => 5) })
  expect(await errorOf(engine.generate(long))).toMatchObject({ code: 'UPSTREAM_TOO_LARGE' })
})

it('maps folders to where the server finds them', async () => {
  const { engine } = await open('vllm', { pathMap: { from: folder, to: '/srv/adapters/' } })
  const [id] = await Promise.all([engine.registerAdapter(adapters[0]!)])
  expect(await errorOf(engine.generate(request({ adapterId: id })))).toMatchObject({ code: 'UPSTREAM_ADAPTERS', fix: expect.stringContaining('--enable-lora') })
  const elsewhere = new UpstreamEngine({ url: 'http://127.0.0.1:9', dialect: 'vllm', clock: systemClock })
  opened.push(elsewhere)
})
