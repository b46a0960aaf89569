import { Hono, type Context } from 'hono'
import type { Clock } from '../config/Clock.ts'
import { readJson } from '../requests/readJson.ts'
import { streamText } from '../requests/streamText.ts'
import type { AnswerPipeline, Answer } from '../inference/AnswerPipeline.ts'
import type { AnswerRequest, Payer } from '../inference/AnswerRequest.ts'
import type { ServedModels } from '../deployments/ServedModels.ts'
import type { LoadedEngine } from '../engine/Engine.ts'
import { randomHex } from '../keys/randomHex.ts'
import type { Log } from '../config/Log.ts'
import { chatFormat, completionFormat, type ChunkHead } from './answerFormats.ts'
import { answerStreams } from './answerStreams.ts'
import { chatLogprobs, completionLogprobs } from './logprobs.ts'
import { paidRequest, type PaidRequestParts } from './paidRequest.ts'
import { chatRequestSchema, completionRequestSchema } from './requestSchemas.ts'
import { type AnswerShape, streamChunks } from './streamChunks.ts'
import { zeroHash } from '@openledger/protocol'
import { chatToAnswerRequest, choicesOf, completionToAnswerRequest } from './toAnswerRequest.ts'

export type OpenaiParts = PaidRequestParts & { answers: AnswerPipeline; models: ServedModels; serving: LoadedEngine; clock: Clock; log: Log }

const tokensOf = ({ result }: Answer) => result.tokens.map((token, i) => ({ token, logprob: result.logprobs[i] ?? 0, top: result.top[i] ?? [] }))

/** Stands in until it is known who pays. */
const nobody: Payer = { channelId: zeroHash }

type Wanted = { n?: number | null; stream?: boolean | null }

async function answer<L>(c: Context, parts: OpenaiParts, request: AnswerRequest, { n, stream: streamed }: Wanted, shape: AnswerShape<L>): Promise<Response> {
  const count = n ?? 1
  const paid = await paidRequest(c, parts, () => parts.answers.quote(request, count))
  let begun: readonly Promise<unknown>[] = []
  const begin: Begin = (requests) => {
    const answers = parts.answers.answerAll(requests)
    begun = answers
    return answers
  }
  try {
    const choices = choicesOf({ ...request, payer: paid.payer }, count, (commitment) => parts.answers.secrets.take(commitment))
    return await (streamed ? stream(c, parts, begin, choices, shape) : whole(c, parts, begin, choices, shape))
  } finally {
    // A stream goes on after this; its answers tell when they are there.
    void Promise.allSettled(begun).then(() => paid.finish())
  }
}

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
    return answer(c, parts, chatToAnswerRequest(body, nobody), body, shape)
  })
  app.post('/completions', async (c) => {
    const body = await readJson(c, completionRequestSchema, 4 * 1024 * 1024)
    const wanted = body.logprobs !== null && body.logprobs !== undefined
    const shape = { prefix: 'cmpl-', format: completionFormat, includeUsage: body.stream_options?.include_usage === true, ...(wanted ? { logprobs: completionLogprobs.bind(null, serving.engine) } : {}) }
    return answer(c, parts, completionToAnswerRequest(body, nobody), body, shape)
  })
  return app
}

function headOf({ serving, clock }: OpenaiParts, prefix: string, [request, ...others]: readonly AnswerRequest[]): ChunkHead {
  return {
    id: prefix + randomHex(12).slice(2),
    created: Math.floor(clock.now() / 1000),
    model: request!.model,
    system_fingerprint: `fp_${serving.info.profileHash.slice(2, 14)}`,
    choices: 1 + others.length,
  }
}

/** Begins the answers to one request. */
type Begin = (requests: readonly AnswerRequest[]) => Promise<Answer>[]

async function whole<L>(c: Context, parts: OpenaiParts, begin: Begin, requests: readonly AnswerRequest[], shape: AnswerShape<L>): Promise<Response> {
  const answers = await Promise.all(begin(requests.map((request) => ({ ...request, signal: c.req.raw.signal }))))
  c.header('x-openledger-receipt', answers.map(({ view }) => view.receiptId).join(', '))
  const choices = []
  for (const answer of answers) choices.push({ answer, logprobs: shape.logprobs ? await shape.logprobs(tokensOf(answer), 0) : null })
  return c.json(shape.format.whole(headOf(parts, shape.prefix, requests), choices))
}

async function stream<L>(c: Context, parts: OpenaiParts, begin: Begin, requests: readonly AnswerRequest[], shape: AnswerShape<L>): Promise<Response> {
  const gone = new AbortController()
  const leave = (): void => gone.abort()
  c.req.raw.signal.addEventListener('abort', leave)
  const running = answerStreams(requests.length, (onTokens) => begin(requests.map((request, index) => ({ onToken: onTokens[index], signal: gone.signal, ...request }))))
  // What fails before the first token is an error of its own, with its own status.
  await running.begun
  const chunks = streamChunks(headOf(parts, shape.prefix, requests), running, shape, parts)
  return streamText(c, chunks, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' }, leave)
}
