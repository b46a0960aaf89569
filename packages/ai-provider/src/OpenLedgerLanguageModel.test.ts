import { APICallError, type LanguageModelV3StreamPart } from '@ai-sdk/provider'
import { describe, expect, it } from 'vitest'
import { createOpenLedger } from './createOpenLedger.ts'

type Sent = { url: string; init: RequestInit }
const call = { prompt: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'hi' }] }] }
const view = { receiptId: '0xaa', model: 'm', fee: '12', inputTokens: 3, outputTokens: 2, channel: { id: '0xcc' }, attribution: { status: 'pending' }, sources: [] }
const span = (recordId: string, start: number) => ({ start, end: start + 2, text: 'so', recordId, contributor: '0xbb', contributorName: 'ada', copies: 1, weight: 5 })
const attributed = { ...view, attribution: { status: 'complete' }, sources: [span('0x1', 0), span('0x2', 3), span('0x1', 6)], channel: { id: 'later' } }

/** A model whose node answers with the given responses, in turn. */
function modelOf(answers: (() => Response | Promise<Response>)[], attributionMs?: number) {
  const sent: Sent[] = []
  const send = ((url: string, init: RequestInit) => {
    sent.push({ url, init })
    return Promise.resolve().then(answers[Math.min(sent.length, answers.length) - 1]!)
  }) as typeof fetch
  return { sent, model: createOpenLedger({ baseURL: 'http://node/v1/', apiKey: 'k', headers: { 'x-a': '1' }, fetch: send, attributionMs })('m') }
}
const json = (value: unknown, status = 200, headers = {}) => () => new Response(JSON.stringify(value), { status, headers })
const events = (...chunks: object[]) => () => new Response(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join(''))
const head = { id: 'c1', created: 10, model: 'm' }
const text = (content: string) => ({ ...head, choices: [{ delta: { content }, finish_reason: null }] })
const closing = { ...head, choices: [{ delta: {}, finish_reason: 'length' }], openledger: view }

async function partsOf(answers: (() => Response)[], includeRawChunks = false): Promise<LanguageModelV3StreamPart[]> {
  const { stream } = await modelOf(answers).model.doStream({ ...call, includeRawChunks })
  const parts: LanguageModelV3StreamPart[] = []
  const reader = stream.getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) parts.push(next.value)
  return parts
}

describe('OpenLedgerLanguageModel', () => {
  it('brings the text, one source for each record, usage and the receipt', async () => {
    const answer = { ...head, choices: [{ message: { content: 'so it is' }, finish_reason: 'stop' }], openledger: view }
    const { model, sent } = modelOf([json(answer), json(attributed)])
    const result = await model.doGenerate({ ...call, headers: { 'x-b': '2', 'x-c': undefined } })
    expect(sent.map(({ url }) => url)).toEqual(['http://node/v1/chat/completions', 'http://node/api/receipts/0xaa/summary'])
    expect(sent[0]!.init.headers).toEqual({ authorization: 'Bearer k', 'content-type': 'application/json', 'x-a': '1', 'x-b': '2' })
    expect(result.content[0]).toEqual({ type: 'text', text: 'so it is' })
    expect(result.content.slice(1)).toMatchObject([
      { type: 'source', sourceType: 'url', id: '0x1', url: 'http://node/#/records/0x1', title: 'a record of ada', providerMetadata: { openledger: { spans: [{ start: 0 }, { start: 6 }] } } },
      { type: 'source', id: '0x2' },
    ])
    expect(result).toMatchObject({ finishReason: { unified: 'stop', raw: 'stop' }, usage: { inputTokens: { total: 3 }, outputTokens: { total: 2 } }, response: { id: 'c1', modelId: 'm', timestamp: new Date(10_000) } })
    expect(result.providerMetadata).toEqual({ openledger: { ...attributed, channel: view.channel } })
  })

  it('loses no answer to an attribution that does not come', async () => {
    const answer = { ...head, choices: [{ message: { content: 'so' }, finish_reason: 'stop' }], openledger: view }
    const failing = modelOf([json(answer), json({ error: { message: 'no', code: 'X' } }, 400)])
    expect((await failing.model.doGenerate(call)).providerMetadata).toEqual({ openledger: view })
    const hurried = modelOf([json(answer)], 0)
    expect((await hurried.model.doGenerate(call)).content).toHaveLength(1)
    expect(hurried.sent).toHaveLength(1)
  })

  it('streams text, then sources, then the receipt', async () => {
    const parts = await partsOf([events(text('so '), text('it'), closing), json(attributed)])
    expect(parts.map(({ type }) => type)).toEqual(['stream-start', 'response-metadata', 'text-start', 'text-delta', 'text-delta', 'text-end', 'source', 'source', 'finish'])
    expect(parts.at(-1)).toMatchObject({ finishReason: { unified: 'length', raw: 'length' }, usage: { outputTokens: { total: 2 } }, providerMetadata: { openledger: { receiptId: '0xaa' } } })
    const raw = await partsOf([events(text('so'), closing), json(attributed)], true)
    expect(raw.filter(({ type }) => type === 'raw')).toHaveLength(2)
  })

  it('says when an answer broke off, and never calls it finished', async () => {
    const fault = { error: { message: 'the engine fell', code: 'ENGINE_FAILED', fix: 'wait' } }
    for (const [chunks, code] of [[[text('so'), fault], 'ENGINE_FAILED'], [[text('so')], 'ANSWER_BROKEN_OFF'], [[], 'ANSWER_BROKEN_OFF']] as const) {
      const parts = await partsOf([events(...chunks)])
      expect(parts.at(-1)).toMatchObject({ type: 'finish', finishReason: { unified: 'error' } })
      expect((parts.at(-2) as { error: APICallError }).error.data).toMatchObject({ code })
    }
  })

  it('keeps status, headers, code and advice of the node’s errors, and knows which may be sent again', async () => {
    const failure = (answers: (() => Response | Promise<Response>)[]): Promise<APICallError> => modelOf(answers).model.doGenerate(call).then(() => expect.fail('it did not fail'), (error: unknown) => error as APICallError)
    const error = { error: { message: 'too little', code: 'DEPOSIT_TOO_SMALL', fix: 'deposit more', param: null } }
    const poor = await failure([json(error, 402, { 'x-y': 'z' })])
    expect(poor).toBeInstanceOf(APICallError)
    expect(poor).toMatchObject({ statusCode: 402, isRetryable: false, data: { code: 'DEPOSIT_TOO_SMALL', fix: 'deposit more' }, responseHeaders: { 'x-y': 'z' } })
    expect(await failure([json({ error: { message: 'busy', code: 'BUSY' } }, 429, { 'retry-after': '2' })])).toMatchObject({ isRetryable: true, responseHeaders: { 'retry-after': '2' } })
    const broken = (code: string) => () => Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) }))
    expect(await failure([broken('ECONNREFUSED')])).toMatchObject({ isRetryable: true, data: { code: 'NODE_AWAY' } })
    // What broke in between may be answered and paid for.
    expect(await failure([broken('ECONNRESET')])).toMatchObject({ isRetryable: false })
    await expect(modelOf([() => Promise.reject(new DOMException('gone', 'AbortError'))]).model.doGenerate(call)).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('has no models for embeddings or images', () => {
    expect(() => createOpenLedger().embeddingModel('x')).toThrow(expect.objectContaining({ modelType: 'embeddingModel' }) as Error)
    expect(() => createOpenLedger().imageModel('x')).toThrow(expect.objectContaining({ modelType: 'imageModel' }) as Error)
  })
})
