import { randomBytes } from 'node:crypto'
import { Hono, type Context } from 'hono'
import { errorBody, toLedgerError } from '../requests/errorResponse.ts'
import { readJson } from '../requests/readJson.ts'
import type { AnswerPipeline, Answer } from '../inference/AnswerPipeline.ts'
import type { AnswerRequest } from '../inference/AnswerRequest.ts'
import type { ServedModels } from '../deployments/ServedModels.ts'
import type { LoadedEngine } from '../engine/Engine.ts'
import type { Log } from '../config/Log.ts'
import { chatFormat, completionFormat, usageOf, type AnswerFormat, type ChunkHead } from './answerFormats.ts'
import { answerStream } from './answerStream.ts'
import { chatLogprobs, completionLogprobs } from './logprobs.ts'
import { payerOf, type PayerParts } from './payerOf.ts'
import { chatRequestSchema, completionRequestSchema } from './requestSchemas.ts'
import { chatToAnswerRequest, completionToAnswerRequest } from './toAnswerRequest.ts'

export type OpenaiParts = PayerParts & { answers: AnswerPipeline; models: ServedModels; serving: LoadedEngine; log: Log; now: () => number }

type Shape<Logprobs> = {
  prefix: string
  format: AnswerFormat<Logprobs>
  /** Undefined when no log probabilities were asked for. */
  logprobs?: (tokens: { token: number; logprob: number; top: { token: number; logprob: number }[] }[], offset: number) => Promise<Logprobs>
  includeUsage: boolean
}

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
    return body.stream ? stream(c, parts, request, shape) : whole(c, parts, request, shape)
  })
  app.post('/completions', async (c) => {
    const body = await readJson(c, completionRequestSchema, 4 * 1024 * 1024)
    const wanted = body.logprobs !== null && body.logprobs !== undefined
    const shape = { prefix: 'cmpl-', format: completionFormat, includeUsage: body.stream_options?.include_usage === true, ...(wanted ? { logprobs: completionLogprobs.bind(null, serving.engine) } : {}) }
    const request = completionToAnswerRequest(body, await payerOf(c, parts))
    return body.stream ? stream(c, parts, request, shape) : whole(c, parts, request, shape)
  })
  return app
}

function headOf({ serving, now }: OpenaiParts, prefix: string, model: string): ChunkHead {
  return { id: prefix + randomBytes(12).toString('hex'), created: Math.floor(now() / 1000), model, system_fingerprint: `fp_${serving.info.profileHash.slice(2, 14)}` }
}

async function whole<L>(c: Context, parts: OpenaiParts, request: AnswerRequest, shape: Shape<L>): Promise<Response> {
  const answer = await parts.answers.answer({ ...request, signal: c.req.raw.signal })
  c.header('x-openledger-receipt', answer.view.receiptId)
  const logprobs = shape.logprobs ? await shape.logprobs(tokensOf(answer), 0) : null
  return c.json(shape.format.whole(headOf(parts, shape.prefix, request.model), answer, logprobs))
}

async function stream<L>(c: Context, parts: OpenaiParts, request: AnswerRequest, shape: Shape<L>): Promise<Response> {
  const gone = new AbortController()
  c.req.raw.signal.addEventListener('abort', () => gone.abort())
  const running = answerStream((onToken) => parts.answers.answer({ ...request, onToken, signal: gone.signal }))
  running.answer.catch(() => undefined)
  // What fails before the first token is an error of its own, with its own status.
  await running.begun
  const chunks = chunksOf(headOf(parts, shape.prefix, request.model), running, shape, parts)
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

async function* chunksOf<L>(head: ChunkHead, running: ReturnType<typeof answerStream>, { format, logprobs, includeUsage }: Shape<L>, { log }: OpenaiParts): AsyncGenerator<string> {
  const opening = format.opening(head)
  if (opening) yield JSON.stringify(opening)
  let sent = 0
  try {
    for await (const token of running.tokens) {
      if (token.text === '' && !logprobs) continue
      yield JSON.stringify(format.delta(head, token.text, logprobs ? await logprobs([token], sent) : null))
      sent += token.text.length
    }
    const answer = await running.answer
    // Text that could have been the beginning of a stop string is certain only now.
    const rest = answer.result.text.slice(sent)
    if (rest !== '') yield JSON.stringify(format.delta(head, rest, null))
    yield JSON.stringify(format.closing(head, answer))
    if (includeUsage) yield JSON.stringify(format.usage(head, usageOf(answer)))
    yield '[DONE]'
  } catch (error) {
    yield JSON.stringify(errorBody(toLedgerError(error, log)))
  }
}
