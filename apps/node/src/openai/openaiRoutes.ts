import { randomBytes } from 'node:crypto'
import { Hono, type Context } from 'hono'
import { readJson } from '../requests/readJson.ts'
import type { AnswerPipeline, Answer } from '../inference/AnswerPipeline.ts'
import type { AnswerRequest } from '../inference/AnswerRequest.ts'
import type { ServedModels } from '../deployments/ServedModels.ts'
import type { LoadedEngine } from '../engine/Engine.ts'
import type { Log } from '../config/Log.ts'
import { chatFormat, completionFormat, type ChunkHead } from './answerFormats.ts'
import { answerStreams } from './answerStream.ts'
import { chatLogprobs, completionLogprobs } from './logprobs.ts'
import { payerOf, type PayerParts } from './payerOf.ts'
import { chatRequestSchema, completionRequestSchema } from './requestSchemas.ts'
import { type AnswerShape, streamChunks } from './streamChunks.ts'
import { chatToAnswerRequest, choicesOf, completionToAnswerRequest } from './toAnswerRequest.ts'

export type OpenaiParts = PayerParts & { answers: AnswerPipeline; models: ServedModels; serving: LoadedEngine; log: Log; now: () => number }

const tokensOf = ({ result }: Answer) => result.tokens.map((token, i) => ({ token, logprob: result.logprobs[i] ?? 0, top: result.top[i] ?? [] }))

/** OpenAI's API: models, chat completions, completions. */
export function openaiRoutes(parts: OpenaiParts): Hono {
  const app = new Hono()
  const { models, serving } = parts

  app.get('/models', async (c) => {
    const data = (await models.list()).map((m) => ({ id: m.name, object: 'model', created: m.registeredAt, owned_by: 'openledger' }))
    return c.json({ object: 'list', data })
  })
  app.get('/models/:name', async (c) => {
    const { name, registeredAt } = await models.find(c.req.param('name'))
    return c.json({ id: name, object: 'model', created: registeredAt, owned_by: 'openledger' })
  })
  app.post('/chat/completions', async (c) => {
    const body = await readJson(c, chatRequestSchema, 4 * 1024 * 1024)
    const shape = { prefix: 'chatcmpl-', format: chatFormat, includeUsage: body.stream_options?.include_usage === true, ...(body.logprobs ? { logprobs: chatLogprobs.bind(null, serving.engine) } : {}) }
    const request = chatToAnswerRequest(body, await payerOf(c, parts))
    const choices = choicesOf(request, body.n ?? 1, (commitment) => parts.answers.secrets.take(commitment))
    return body.stream ? stream(c, parts, choices, shape) : whole(c, parts, choices, shape)
  })
  app.post('/completions', async (c) => {
    const body = await readJson(c, completionRequestSchema, 4 * 1024 * 1024)
    const wanted = body.logprobs !== null && body.logprobs !== undefined
    const shape = { prefix: 'cmpl-', format: completionFormat, includeUsage: body.stream_options?.include_usage === true, ...(wanted ? { logprobs: completionLogprobs.bind(null, serving.engine) } : {}) }
    const request = completionToAnswerRequest(body, await payerOf(c, parts))
    const choices = choicesOf(request, body.n ?? 1, (commitment) => parts.answers.secrets.take(commitment))
    return body.stream ? stream(c, parts, choices, shape) : whole(c, parts, choices, shape)
  })
  return app
}

function headOf({ serving, now }: OpenaiParts, prefix: string, [request, ...others]: readonly AnswerRequest[]): ChunkHead {
  return {
    id: prefix + randomBytes(12).toString('hex'),
    created: Math.floor(now() / 1000),
    model: request!.model,
    system_fingerprint: `fp_${serving.info.profileHash.slice(2, 14)}`,
    choices: 1 + others.length,
  }
}

async function whole<L>(c: Context, parts: OpenaiParts, requests: readonly AnswerRequest[], shape: AnswerShape<L>): Promise<Response> {
  const answers = await Promise.all(parts.answers.answerAll(requests.map((request) => ({ ...request, signal: c.req.raw.signal }))))
  c.header('x-openledger-receipt', answers.map(({ view }) => view.receiptId).join(', '))
  const choices = []
  for (const answer of answers) choices.push({ answer, logprobs: shape.logprobs ? await shape.logprobs(tokensOf(answer), 0) : null })
  return c.json(shape.format.whole(headOf(parts, shape.prefix, requests), choices))
}

async function stream<L>(c: Context, parts: OpenaiParts, requests: readonly AnswerRequest[], shape: AnswerShape<L>): Promise<Response> {
  const gone = new AbortController()
  c.req.raw.signal.addEventListener('abort', () => gone.abort())
  const running = answerStreams(requests.length, (onTokens) => parts.answers.answerAll(requests.map((request, index) => ({ ...request, onToken: onTokens[index], signal: gone.signal }))))
  for (const { answer } of running) answer.catch(() => undefined)
  // What fails before the first token is an error of its own, with its own status.
  await Promise.race(running.map(({ begun }) => begun))
  const chunks = streamChunks(headOf(parts, shape.prefix, requests), running, shape, parts.log)
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(`data: ${value}\n\n`))
    },
    cancel() {
      gone.abort()
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' } })
}
