import { describe, expect, it } from 'vitest'
import { cidOf } from '@openledger/protocol'
import { OpenLedgerClient, paymentHeaders } from './OpenLedgerClient.ts'
import { serverEvents } from './serverEvents.ts'

type Exchange = { url: string; init: RequestInit }
function clientOf(answers: (() => Response | Promise<Response>)[], options: { timeoutMs?: number } = {}) {
  const calls: Exchange[] = []
  const fetch = ((url: string, init: RequestInit) => {
    calls.push({ url, init })
    const answer = answers[Math.min(calls.length, answers.length) - 1]!
    const aborted = new Promise<never>((_, reject) => init.signal!.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))))
    return Promise.race([Promise.resolve().then(answer), aborted])
  }) as typeof globalThis.fetch
  return { client: new OpenLedgerClient({ url: 'http://node/', token: 't', pausesMs: [1, 1], fetch, ...options }), calls }
}
const json = (value: unknown, status = 200): (() => Response) => () => new Response(JSON.stringify(value), { status })
const away = (): Promise<Response> => Promise.reject(new TypeError('fetch failed'))
const channelId = `0x${'ab'.repeat(32)}` as const
const stream = (...lines: string[]) => () => new Response(lines.map((line) => `data: ${line}\n\n`).join(''), { headers: { 'content-type': 'text/event-stream' } })
const input = { model: 'm', messages: [{ role: 'user' as const, content: 'hi' }] }

describe('OpenLedgerClient', () => {
  it('sends the token and reads lists', async () => {
    const { client, calls } = clientOf([json({ items: [{ id: '1' }] })])
    expect(await client.datanets()).toEqual([{ id: '1' }])
    expect(calls[0]!.url).toBe('http://node/api/datanets')
    expect(calls[0]!.init.headers).toMatchObject({ authorization: 'Bearer t' })
  })

  it('repeats reads while the node is away, and says so when it stays away', async () => {
    const { client, calls } = clientOf([away, json({}, 503), json({ version: '1' })])
    expect(await client.status()).toEqual({ version: '1' })
    expect(calls).toHaveLength(3)
    await expect(clientOf([away]).client.status()).rejects.toMatchObject({ code: 'NODE_AWAY', action: 'retry' })
  })

  it('sends once what must not be sent twice', async () => {
    const { client, calls } = clientOf([away])
    await expect(client.startRun({ name: 'n', trainer: `0x${'00'.repeat(20)}`, snapshotIds: [] })).rejects.toMatchObject({ code: 'NODE_AWAY' })
    await expect(client.chat(input)).rejects.toMatchObject({ code: 'NODE_AWAY' })
    expect(calls).toHaveLength(2)
  })

  it("keeps the node's code, advice and field", async () => {
    const error = { error: { message: 'too little', code: 'DEPOSIT_TOO_SMALL', param: null, fix: 'deposit more' } }
    await expect(clientOf([json(error, 402)]).client.chat(input)).rejects.toMatchObject({ name: 'PaymentError', code: 'DEPOSIT_TOO_SMALL', fix: 'deposit more', status: 402, action: 'fix' })
    await expect(clientOf([() => new Response('<html>', { status: 500 })]).client.status()).rejects.toMatchObject({ code: 'HTTP_500', action: 'stop' })
    await expect(clientOf([() => new Response('<html>')]).client.status()).rejects.toMatchObject({ code: 'BAD_ANSWER' })
  })

  it('gives up after its time', async () => {
    const { client } = clientOf([() => new Promise<Response>(() => undefined)], { timeoutMs: 10 })
    await expect(client.status()).rejects.toMatchObject({ code: 'TIMEOUT', action: 'retry' })
  })

  it('reads an answer as it is made, with its receipt', async () => {
    const { client, calls } = clientOf([stream('{"choices":[{"delta":{"content":"Hel"}}]}', '{"choices":[{"delta":{"content":"lo"},"finish_reason":"stop"}],"openledger":{"receiptId":"0x1"}}', '[DONE]')])
    const pieces: string[] = []
    const answer = await client.chat(input, { payment: { channelId }, onText: (text) => pieces.push(text) })
    expect(answer).toEqual({ text: 'Hello', finishReason: 'stop', view: { receiptId: '0x1' } })
    expect(pieces).toEqual(['Hel', 'lo'])
    expect(calls[0]!.init.headers).toMatchObject({ 'x-openledger-channel': channelId })
    await expect(clientOf([stream('{"choices":[{"delta":{"content":"Hel"}}]}')]).client.chat(input)).rejects.toMatchObject({ code: 'ANSWER_BROKEN_OFF' })
    await expect(clientOf([stream('{"error":{"code":"NO_SPACE","message":"full"}}')]).client.chat(input)).rejects.toMatchObject({ code: 'NO_SPACE' })
  })

  it('keeps nothing at a signal that goes on: however its answers end, nor when they fail', async () => {
    const { signal } = new AbortController()
    const own: unknown[] = []
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)]
    signal.addEventListener = (...args: Parameters<typeof add>) => (own.push(args[1]), add(...args))
    signal.removeEventListener = (...args: Parameters<typeof remove>) => (own.splice(own.indexOf(args[1]), 1), remove(...args))
    const cut = (): Response => new Response(new ReadableStream({ start: (to) => to.enqueue(new TextEncoder().encode('data: {}\n\n')), pull: (to) => to.error(new TypeError('cut')) }))
    const error = json({ error: { code: 'NO', message: 'no' } }, 402)
    const { client, calls } = clientOf([stream('{"choices":[{"delta":{"content":"a"}}]}', '[DONE]'), cut, error, away, () => new Response(null, { status: 200 })])
    for (let i = 0; i < 5; i++) {
      await client.chat(input, { signal }).catch(() => undefined)
      expect([calls.length, own]).toEqual([i + 1, []])
    }
    const { client: watcher } = clientOf([() => new Response(new ReadableStream({ start: (to) => to.enqueue(new TextEncoder().encode('data: {"type":"a"}\n\n')) }))])
    for await (const event of watcher.events(signal)) {
      expect(own).toHaveLength(1)
      if (event) break
    }
    expect(own).toEqual([])
  })

  it('stops reading an answer when its signal says so', async () => {
    const stop = new AbortController()
    const { client, calls } = clientOf([() => new Response(new ReadableStream({ start: (to) => (to.enqueue(new TextEncoder().encode('data: {"choices":[{"delta":{"content":"a"}}]}\n\n')), void calls[0]!.init.signal!.addEventListener('abort', () => to.error(new DOMException('aborted', 'AbortError')))) }))])
    const asked = client.chat(input, { signal: stop.signal, onText: () => stop.abort() })
    await expect(asked).rejects.toThrow()
    expect(calls[0]!.init.signal!.aborted).toBe(true)
  })

  it('waits for an attribution with the voucher that shows the sources, and says when it takes too long', async () => {
    const view = (status: string) => json({ attribution: { status } })
    const payment = { channelId, voucher: { cumulative: 1n, signature: '0x01' as const } }
    const { client, calls } = clientOf([view('pending'), view('pending'), view('failed')])
    expect((await client.waitForAttribution(channelId, { payment })).attribution.status).toBe('failed')
    expect(calls.map(({ url }) => url)).toEqual(Array(3).fill(`http://node/api/receipts/${channelId}/summary`))
    expect(calls[2]!.init.headers).toMatchObject(paymentHeaders(payment))
    await expect(clientOf([view('pending')]).client.waitForAttribution(channelId, { timeoutMs: 0 })).rejects.toMatchObject({ code: 'ATTRIBUTION_PENDING', action: 'retry' })
    const gone = AbortSignal.abort(new Error('left'))
    await expect(clientOf([view('pending')]).client.waitForAttribution(channelId, { signal: gone })).rejects.toThrow('left')
  })

  it('checks a file against its id', async () => {
    const bytes = new TextEncoder().encode('file')
    const { client } = clientOf([() => new Response(bytes)])
    expect(await client.content(cidOf(bytes))).toEqual(bytes)
    await expect(client.content(cidOf(new Uint8Array([1])))).rejects.toMatchObject({ code: 'CORRUPT_CONTENT' })
  })

  it('writes a voucher as a header', () => {
    const header = paymentHeaders({ channelId, voucher: { cumulative: 7n, signature: '0x0a' } })['x-openledger-voucher']!
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ statement: { channelId, cumulative: '7' }, signature: '0x0a' })
  })
})

describe('serverEvents', () => {
  it('joins what comes in pieces of any size', async () => {
    const text = ': hello\n\ndata: ä1\ndata: 2\r\n\r\nevent: x\ndata:3\n\ndata: last\n\n'
    const bytes = new TextEncoder().encode(text)
    for (let size = 1; size < 9; size++) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.slice(i * size, (i + 1) * size))
      const found: string[] = []
      for await (const data of serverEvents(new ReadableStream({ start: (c) => (pieces.forEach((p) => c.enqueue(p)), c.close()) }))) found.push(data)
      expect(found).toEqual(['ä1\n2', '3', 'last'])
    }
  })
})
