import type { GenerateRequest, TokenProbability } from '@openledger/engine'
import { z } from 'zod'
import { parseReply, protocolFault, readReply, tokenField } from './jsonFields.ts'
import { samplingFields } from './samplingFields.ts'
import { seedNumber } from './seedNumber.ts'
import { servedBase } from './servedBase.ts'
import { wantsLogprobs, type UpstreamChunk, type UpstreamDialect, type UpstreamToken } from './UpstreamDialect.ts'

const versionSchema = z.looseObject({ version: z.string() })
const tokensSchema = z.looseObject({ tokens: z.array(tokenField) })
const logprobsSchema = z.looseObject({
  tokens: z.array(z.string()),
  token_logprobs: z.array(z.number().nullable()),
  top_logprobs: z.array(z.record(z.string(), z.number()).nullable()).nullish(),
})
const chunkSchema = z.looseObject({
  choices: z.array(
    z.looseObject({
      text: z.string().nullish(),
      token_ids: z.array(tokenField).nullish(),
      prompt_token_ids: z.array(tokenField).nullish(),
      logprobs: logprobsSchema.nullish(),
      finish_reason: z.string().nullish(),
    }),
  ),
})

const priorities = { high: -1, normal: 0, low: 1 } as const
const idOf = (name: string): number | undefined => {
  const [, digits] = /^token_id:(\d+)$/.exec(name) ?? []
  return digits === undefined ? undefined : Number(digits)
}

function topOf(row: { [name: string]: number } | null | undefined, count: number): TokenProbability[] {
  const top = Object.entries(row ?? {}).map(([name, logprob]) => ({ token: idOf(name) ?? -1, logprob }))
  // The server puts the chosen token beside the most probable ones.
  return top
    .filter(({ token }) => token >= 0)
    .sort((a, b) => b.logprob - a.logprob || a.token - b.token)
    .slice(0, count)
}

function tokensOf(choice: z.infer<typeof chunkSchema>['choices'][number], count: number): UpstreamToken[] | null {
  const { logprobs } = choice
  const named = logprobs?.tokens.map(idOf)
  const ids = choice.token_ids ?? (named?.every((id) => id !== undefined) ? (named as number[]) : undefined)
  if (ids === undefined) return choice.text ? null : []
  if (logprobs && logprobs.token_logprobs.length !== ids.length) throw protocolFault(`${ids.length} tokens with ${logprobs.token_logprobs.length} log probabilities`)
  return ids.map((token, i) => ({ token, logprob: logprobs?.token_logprobs[i] ?? Number.NaN, top: topOf(logprobs?.top_logprobs?.[i], count) }))
}

function readChunk(event: unknown, topLogprobs: number): UpstreamChunk | null {
  const [choice] = readReply(chunkSchema, event).choices
  if (!choice) return null
  const { finish_reason: finish } = choice
  if (finish !== null && finish !== undefined && finish !== 'stop' && finish !== 'length') throw protocolFault(`the answer ended with "${finish.slice(0, 40)}"`)
  return { tokens: tokensOf(choice, topLogprobs), text: choice.text ?? '', finish: finish ?? null, promptTokens: choice.prompt_token_ids ?? null }
}

function sampling(request: GenerateRequest): { [key: string]: unknown } {
  const { maxTokens, seed, jsonSchema } = request.sampling
  return {
    ...samplingFields(request),
    max_tokens: maxTokens,
    seed: seedNumber(seed),
    ...(jsonSchema === undefined ? {} : { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: parseReply(jsonSchema) } } }),
  }
}

/** vLLM's OpenAI server: completions of token ids, adapters as models, adapters loaded and unloaded while it runs. */
export const vllmDialect: UpstreamDialect = {
  name: 'vllm',
  capabilities: { logprobs: 'raw', grammar: 'json-schema' },
  healthPath: '/health',
  loadFigures: { running: 'vllm:num_requests_running', waiting: 'vllm:num_requests_waiting' },
  streamErrorStatus: 500,
  adapterAdvice: 'start the server with --enable-lora and VLLM_ALLOW_RUNTIME_LORA_UPDATING=True, and let it read the adapter folder',

  async describe(ask, wanted) {
    const found = await servedBase(ask, wanted)
    const version = await ask('/version', undefined, { optional: true })
    return {
      name: found.id,
      version: version === null ? 'unknown' : readReply(versionSchema, parseReply(version)).version,
      maxLength: found.max_model_len ?? null,
      maxAdapters: null,
      seeds: true,
    }
  },
  async tokenize(ask, model, text) {
    const reply = await ask('/tokenize', { model, prompt: text, add_special_tokens: false }, { optional: true })
    return reply === null ? null : readReply(tokensSchema, parseReply(reply)).tokens
  },

  generation(request, { model, adapter, priorities: ranked }) {
    return {
      path: '/v1/completions',
      body: {
        model: adapter ?? model,
        prompt: request.promptTokens,
        stream: true,
        ...(wantsLogprobs(request) ? { logprobs: request.topLogprobs ?? 0 } : {}),
        return_token_ids: true,
        return_tokens_as_token_ids: true,
        ...sampling(request),
        ...(ranked && request.priority ? { priority: priorities[request.priority] } : {}),
      },
    }
  },
  reader: ({ topLogprobs = 0 }) => (event) => readChunk(event, topLogprobs),

  loadAdapter: (name, path) => ({ path: '/v1/load_lora_adapter', body: { lora_name: name, lora_path: path } }),
  unloadAdapter: (name) => ({ path: '/v1/unload_lora_adapter', body: { lora_name: name } }),
  isLoaded: ({ status, message }) => status === 400 && /already (been )?loaded/i.test(message),
  isMissing: ({ status, message }, name) => status === 404 && message.includes(name),
}
