import { randomBytes } from 'node:crypto'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWalletClient, http } from 'viem'
import { choiceNonce, hashJson, toHex, type Hex, type Json } from '@openledger/protocol'
import { addressesOfNetwork, ledgerWriter, openChannel, type AnswerView } from '@openledger/sdk'
import { testClients } from '../test/deployTestLedger.ts'
import { fundedPayer, startBaseNode, type BaseNode } from '../test/startBaseNode.ts'

let base: BaseNode
let client: OpenAI
let channelId: Hex
const messages = [{ role: 'user' as const, content: 'who lives in the red house?' }]
type WithReceipt = { openledger: AnswerView }

beforeAll(async () => {
  base = await startBaseNode()
  const { account } = await fundedPayer(base, 'shop')
  const writer = ledgerWriter(createWalletClient({ account, transport: http(base.anvil.url) }), testClients(base.anvil.url, 0).publicClient, addressesOfNetwork(base.network))
  channelId = await openChannel(writer, base.node.gateway, toHex(randomBytes(32)), 10n ** 18n)
  const { key } = await base.api.post<{ key: string }>('/api/keys', { name: 'shop', payerKey: 'shop', channelId })
  client = new OpenAI({ baseURL: `${base.node.url}/v1`, apiKey: key, maxRetries: 0 })
}, 180_000)
afterAll(() => base?.stop())

const failure = (promise: PromiseLike<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> =>
  Promise.resolve(promise).then(
    () => expect.fail('it did not fail') as never,
    (error: unknown) => error as InstanceType<typeof OpenAI.APIError>,
  )

describe('the official OpenAI client', () => {
  it('lists models and reads one', async () => {
    const { data } = await client.models.list()
    expect(data).toMatchObject([{ id: 'tiny', object: 'model', owned_by: 'openledger' }])
    expect((await client.models.retrieve('tiny')).id).toBe('tiny')
    expect(await failure(client.models.retrieve('nothing'))).toMatchObject({ status: 404, code: 'MODEL_NOT_FOUND' })
  })

  it('completes a chat, pays for it, and brings the receipt', async () => {
    const { data: completion, response } = await client.chat.completions.create({ model: 'tiny', messages, max_tokens: 8 }).withResponse()
    expect(completion).toMatchObject({ object: 'chat.completion', model: 'tiny', choices: [{ index: 0, message: { role: 'assistant' } }] })
    expect(completion.id).toMatch(/^chatcmpl-/)
    const { usage, choices } = completion
    expect(usage!.total_tokens).toBe(usage!.prompt_tokens + usage!.completion_tokens)
    expect(['stop', 'length']).toContain(choices[0]!.finish_reason)
    const { openledger } = completion as unknown as WithReceipt
    expect(response.headers.get('x-openledger-receipt')).toBe(openledger.receiptId)
    expect(openledger.channel).toMatchObject({ id: channelId, spent: openledger.fee, vouchered: openledger.fee })
  })

  it('streams the same words, with usage and receipt at the end', async () => {
    const whole = await client.chat.completions.create({ model: 'tiny', messages, max_tokens: 10 })
    const stream = await client.chat.completions.create({ model: 'tiny', messages, max_completion_tokens: 10, stream: true, stream_options: { include_usage: true } })
    let text = ''
    let finish: string | null = null
    let usage: OpenAI.CompletionUsage | null | undefined
    let receipt: string | undefined
    const roles: unknown[] = []
    for await (const chunk of stream) {
      expect(chunk.object).toBe('chat.completion.chunk')
      const choice = chunk.choices[0]
      if (choice?.delta.role) roles.push(choice.delta.role)
      text += choice?.delta.content ?? ''
      finish = choice?.finish_reason ?? finish
      usage = chunk.usage ?? usage
      receipt = (chunk as unknown as Partial<WithReceipt>).openledger?.receiptId ?? receipt
    }
    expect(text).toBe(whole.choices[0]!.message.content)
    expect(finish).toBe(whole.choices[0]!.finish_reason)
    expect(usage).toEqual(whole.usage)
    expect(roles).toEqual(['assistant'])
    const bundle = await base.api.get<{ answer: { text: string } }>(`/api/receipts/${receipt}`)
    expect(bundle.answer.text).toBe(text)
  })

  it('stops at a stop string in both ways, and says why it ended', async () => {
    const { choices } = await client.chat.completions.create({ model: 'tiny', messages, max_tokens: 30 })
    const text = choices[0]!.message.content!
    const stop = text.slice(4, 7)
    const cut = await client.chat.completions.create({ model: 'tiny', messages, max_tokens: 30, stop: [stop] })
    expect(cut.choices[0]).toMatchObject({ message: { content: text.slice(0, text.indexOf(stop)) }, finish_reason: 'stop' })
    const stream = await client.chat.completions.create({ model: 'tiny', messages, max_tokens: 30, stop, stream: true })
    let streamed = ''
    for await (const chunk of stream) streamed += chunk.choices[0]?.delta.content ?? ''
    expect(streamed).toBe(text.slice(0, text.indexOf(stop)))
  })

  it('gives log probabilities', async () => {
    const { choices, usage } = await client.chat.completions.create({ model: 'tiny', messages, max_tokens: 5, logprobs: true, top_logprobs: 2 })
    const content = choices[0]!.logprobs!.content!
    expect(content).toHaveLength(usage!.completion_tokens)
    for (const token of content) {
      expect(token.logprob).toBeLessThanOrEqual(0)
      expect(token.top_logprobs).toHaveLength(2)
      // Greedy: what was chosen is the most probable.
      expect(token.top_logprobs[0]!.logprob).toBe(token.logprob)
    }
    expect(content.map((t) => t.token).join('')).toBe(choices[0]!.message.content)
  })

  it('samples with temperature, top_p and seed', async () => {
    const { choices } = await client.chat.completions.create({ model: 'tiny', messages, max_tokens: 6, temperature: 1.2, top_p: 0.9, seed: 7 })
    expect(choices).toHaveLength(1)
  })

  it('completes text, whole and streamed', async () => {
    const whole = await client.completions.create({ model: 'tiny', prompt: 'the river runs', max_tokens: 8 })
    expect(whole).toMatchObject({ object: 'text_completion', choices: [{ index: 0 }] })
    const stream = await client.completions.create({ model: 'tiny', prompt: 'the river runs', max_tokens: 8, stream: true })
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.text ?? ''
    expect(text).toBe(whole.choices[0]!.text)
  })

  it('holds an answer to a schema, and binds the schema in the receipt', async () => {
    const schema = { type: 'object', properties: { house: { enum: ['red', 'blue'] }, rooms: { type: 'integer', minimum: 1, maximum: 9 } }, required: ['rooms', 'house'], additionalProperties: false }
    const response_format = { type: 'json_schema' as const, json_schema: { name: 'house', strict: true, schema } }
    const completion = await client.chat.completions.create({ model: 'tiny', messages, max_tokens: 60, temperature: 1, seed: 3, response_format })
    const [choice] = completion.choices
    const document = JSON.parse(choice!.message.content!) as { house: string; rooms: number }
    expect(choice!.finish_reason).toBe('stop')
    expect(Object.keys(document)).toEqual(['house', 'rooms'])
    expect(['red', 'blue']).toContain(document.house)
    expect(Number.isInteger(document.rooms) && document.rooms >= 1 && document.rooms <= 9).toBe(true)
    const bundle = await base.api.get<{ request: { sampling: Record<string, Json> }; receipt: { statement: { samplingHash: string } } }>(`/api/receipts/${(completion as unknown as WithReceipt).openledger.receiptId}`)
    expect(bundle.request.sampling.jsonSchema).toBe(JSON.stringify(schema))
    expect(hashJson(bundle.request.sampling)).toBe(bundle.receipt.statement.samplingHash)
    const any = await client.chat.completions.create({ model: 'tiny', messages, max_tokens: 12, response_format: { type: 'json_object' } })
    expect(any.choices[0]!.message.content).toMatch(/^\{/)
  })

  it('reads a prompt in the form in which its receipt is written', async () => {
    const decomposed = 'cafe\u0301'
    const ask = (content: string) => client.chat.completions.create({ model: 'tiny', messages: [{ role: 'user', content }], max_tokens: 3 })
    const [first, second] = [await ask(decomposed), await ask(decomposed.normalize('NFC'))]
    const bundleOf = (answer: object) => base.api.get<{ request: { messages: { content: string }[]; promptTokens: number[] } }>(`/api/receipts/${(answer as WithReceipt).openledger.receiptId}`)
    const [a, b] = [await bundleOf(first), await bundleOf(second)]
    expect(a.request.messages[0]!.content).toBe(decomposed.normalize('NFC'))
    expect(a.request.promptTokens).toEqual(b.request.promptTokens)
  })

  it('gives up at a deadline without charge, and takes a priority', async () => {
    const hurried = (openledger: object) => client.chat.completions.create({ model: 'tiny', messages, max_tokens: 100, ...({ openledger } as object) }, { maxRetries: 0 })
    await expect(hurried({ deadline_ms: 1 })).rejects.toMatchObject({ status: 504, code: 'DEADLINE_EXCEEDED' })
    await expect(hurried({ priority: 'urgent' })).rejects.toMatchObject({ status: 400 })
    expect((await hurried({ priority: 'low', deadline_ms: 60_000, first_token_ms: 60_000 })).usage!.completion_tokens).toBeGreaterThan(0)
  })

  it('follows biases and penalties', async () => {
    const greedy = await client.chat.completions.create({ model: 'tiny', messages, max_tokens: 12 })
    const bundleOf = (answer: object) => base.api.get<{ answer: { tokens: number[] }; request: { sampling: object } }>(`/api/receipts/${(answer as WithReceipt).openledger.receiptId}`)
    const { answer, request } = await bundleOf(greedy)
    expect(request.sampling).not.toHaveProperty('logitBias')
    const banned = answer.tokens[0]!
    const without = await bundleOf(await client.chat.completions.create({ model: 'tiny', messages, max_tokens: 12, logit_bias: { [banned]: -100 } }))
    expect(without.answer.tokens).not.toContain(banned)
    expect(without.request.sampling).toMatchObject({ logitBias: [[banned, -100]] })
    const varied = await bundleOf(await client.chat.completions.create({ model: 'tiny', messages, max_tokens: 12, frequency_penalty: 2, presence_penalty: 2 }))
    expect(varied.request.sampling).toMatchObject({ frequencyPenalty: 2, presencePenalty: 2 })
  })

  it('gives several answers, each with a seed and a receipt of its own', async () => {
    const asked = { model: 'tiny', messages, max_tokens: 6, temperature: 1.5, seed: 11, n: 3 }
    const { data: whole, response } = await client.chat.completions.create(asked).withResponse()
    const receipts = whole.choices.map((choice) => (choice as unknown as WithReceipt).openledger)
    expect(whole.choices.map(({ index }) => index)).toEqual([0, 1, 2])
    expect(whole).not.toHaveProperty('openledger')
    expect(response.headers.get('x-openledger-receipt')).toBe(receipts.map(({ receiptId }) => receiptId).join(', '))
    expect(whole.usage).toMatchObject({
      prompt_tokens: receipts.reduce((sum, { inputTokens }) => sum + inputTokens, 0),
      completion_tokens: receipts.reduce((sum, { outputTokens }) => sum + outputTokens, 0),
    })
    const bundles = await Promise.all(receipts.map(({ receiptId }) => base.api.get<{ request: { clientNonce: Hex; sampling: { seed: Hex } } }>(`/api/receipts/${receiptId}`)))
    const nonces = bundles.map(({ request }) => request.clientNonce)
    expect(nonces).toEqual([0, 1, 2].map((index) => choiceNonce(nonces[0]!, index)))
    expect(new Set(bundles.map(({ request }) => request.sampling.seed)).size).toBe(3)

    const texts = new Map<number, string>()
    const streamed: string[] = []
    let usage: OpenAI.CompletionUsage | null | undefined
    for await (const chunk of await client.chat.completions.create({ ...asked, temperature: 0, stream: true, stream_options: { include_usage: true } })) {
      usage = chunk.usage ?? usage
      for (const choice of chunk.choices) {
        texts.set(choice.index, (texts.get(choice.index) ?? '') + (choice.delta.content ?? ''))
        if (choice.finish_reason) streamed.push((choice as unknown as WithReceipt).openledger.receiptId)
      }
    }
    expect(new Set(streamed).size).toBe(3)
    // Without a draw they are all the same.
    expect(texts.size).toBe(3)
    expect(new Set(texts.values()).size).toBe(1)
    expect(usage!.prompt_tokens).toBe(3 * receipts[0]!.inputTokens)
    const completions = await client.completions.create({ model: 'tiny', prompt: 'the river runs', max_tokens: 4, n: 2 })
    expect(completions.choices).toHaveLength(2)
  })

  it('throws the right error for each wrong request, before anything is owed', async () => {
    const before = await base.api.get<{ spent: string }>(`/api/channels/${channelId}`)
    const create = (body: object) => client.chat.completions.create({ model: 'tiny', messages, ...body } as OpenAI.ChatCompletionCreateParamsNonStreaming)
    expect(await failure(create({ model: 'gpt-9' }))).toBeInstanceOf(OpenAI.NotFoundError)
    expect(await failure(create({ model: 'gpt-9', stream: true }))).toMatchObject({ status: 404, code: 'MODEL_NOT_FOUND' })
    expect(await failure(create({ n: 9 }))).toMatchObject({ status: 400, code: 'BAD_REQUEST', param: 'n' })
    const format = (schema: object) => ({ response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } })
    expect(await failure(create(format({ type: 'object', patternProperties: {} })))).toMatchObject({ status: 400, code: 'SCHEMA_UNSUPPORTED', param: 'response_format' })
    expect(await failure(create({ ...format({ not: {} }), stream: true, n: 2 }))).toMatchObject({ status: 400, code: 'SCHEMA_UNSUPPORTED' })
    expect(await failure(create(format({ const: 'x'.repeat(40_000) })))).toMatchObject({ status: 400, code: 'SCHEMA_TOO_LARGE' })
    expect(await failure(create({ response_format: { type: 'xml' } }))).toMatchObject({ status: 400, code: 'BAD_REQUEST' })
    expect(await failure(create({ logit_bias: { x: 1 } }))).toMatchObject({ status: 400, code: 'BAD_REQUEST' })
    expect(await failure(create({ presence_penalty: 3 }))).toMatchObject({ status: 400, param: 'presence_penalty' })
    expect(await failure(create({ tools: [{ type: 'function', function: { name: 'f' } }] }))).toBeInstanceOf(OpenAI.BadRequestError)
    expect(await failure(create({ temperature: 9 }))).toMatchObject({ status: 400, param: 'temperature' })
    expect(await failure(create({ messages: [] }))).toMatchObject({ status: 400, param: 'messages' })
    expect(await failure(create({ max_tokens: 100_000 }))).toMatchObject({ status: 400, code: 'context_length_exceeded' })
    expect(await failure(create({ messages: [{ role: 'user', content: 'river '.repeat(2000) }] }))).toMatchObject({ status: 400, code: 'context_length_exceeded' })
    const other = new OpenAI({ baseURL: `${base.node.url}/v1`, apiKey: 'wrong', maxRetries: 0 })
    expect(await failure(other.chat.completions.create({ model: 'tiny', messages }))).toBeInstanceOf(OpenAI.AuthenticationError)
    const after = await base.api.get<{ spent: string; reserved: string }>(`/api/channels/${channelId}`)
    expect(after).toMatchObject({ spent: before.spent, reserved: '0' })
  })

  it('finishes an answer whose reader went away, and it is owed; one that had not begun costs nothing', async () => {
    const spent = async (): Promise<bigint> => BigInt((await base.api.get<{ spent: string }>(`/api/channels/${channelId}`)).spent)
    const before = await spent()
    const stream = await client.chat.completions.create({ model: 'tiny', messages, max_tokens: 60, stream: true })
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break
    stream.controller.abort()
    for (let i = 0; i < 200 && (await spent()) === before; i++) await new Promise((resolve) => setTimeout(resolve, 25))
    const after = await spent()
    expect(after).toBeGreaterThan(before)
    const { items } = await base.api.get<{ items: AnswerView[] }>('/api/receipts?limit=1')
    expect(BigInt(items[0]!.fee)).toBe(after - before)
    // The engine answers one after the other here, so the last of many has not begun when its reader goes away.
    const leave = new AbortController()
    const busy = Array.from({ length: 10 }, () => client.chat.completions.create({ model: 'tiny', messages, max_tokens: 100 }))
    const gone = failure(client.chat.completions.create({ model: 'tiny', messages, max_tokens: 1 }, { signal: leave.signal }))
    leave.abort()
    await gone
    const fees = (await Promise.all(busy)).map((a) => BigInt((a as unknown as WithReceipt).openledger.fee))
    for (let i = 0; i < 40; i++) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(await spent()).toBe(after + fees.reduce((a, b) => a + b, 0n))
  })

  it('reads content in parts, and lets an unknown field pass', async () => {
    const parts = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'who lives ' }, { type: 'text' as const, text: 'in the red house?' }] }]
    const same = await client.chat.completions.create({ model: 'tiny', messages: parts, max_tokens: 8, user: 'somebody' })
    const whole = await client.chat.completions.create({ model: 'tiny', messages, max_tokens: 8 })
    expect(same.choices[0]!.message.content).toBe(whole.choices[0]!.message.content)
  })

  it('serves many at once from one channel, each with a nonce of its own', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, (_, i) => client.chat.completions.create({ model: 'tiny', messages: [{ role: 'user', content: `river ${i}` }], max_tokens: 4 })))
    const ids = answers.map((a) => (a as unknown as WithReceipt).openledger.receiptId)
    const nonces = await Promise.all(ids.map(async (id) => (await base.api.get<{ receipt: { statement: { nonce: string } } }>(`/api/receipts/${id}/public`)).receipt.statement.nonce))
    expect(new Set(nonces).size).toBe(6)
    const channel = await base.api.get<{ spent: string; vouchered: string; reserved: string }>(`/api/channels/${channelId}`)
    expect(channel).toMatchObject({ vouchered: channel.spent, reserved: '0' })
  })
})
