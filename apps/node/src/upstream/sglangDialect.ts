import type { GenerateRequest, TokenProbability } from '@openledger/engine'
import { z } from 'zod'
import { wantsLogprobs, type ChunkReader, type UpstreamDialect, type UpstreamToken } from './UpstreamDialect.ts'
import { complaintError } from './complaint.ts'
import { parseReply, protocolFault, readReply, tokenField } from './jsonFields.ts'
import { samplingFields } from './samplingFields.ts'
import { seedNumber } from './seedNumber.ts'
import { servedBase } from './servedBase.ts'

// Of what the server says of itself only this is read: the rest holds its keys.
const serverSchema = z.looseObject({ version: z.string().nullish(), max_loaded_loras: z.int().min(1).nullish(), enable_deterministic_inference: z.boolean().nullish() })
const tokensSchema = z.looseObject({ tokens: z.array(tokenField) })
/** Log probability, token id, text. */
const probability = z.tuple([z.number().nullable(), tokenField]).rest(z.unknown())
const finishSchema = z.looseObject({ type: z.string(), message: z.string().nullish(), status_code: z.int().nullish() })
const chunkSchema = z.looseObject({
  text: z.string().nullish(),
  output_ids: z.array(tokenField).nullish(),
  meta_info: z.looseObject({
    finish_reason: finishSchema.nullish(),
    completion_tokens: z.int().min(0).nullish(),
    output_token_logprobs: z.array(probability).nullish(),
    output_top_logprobs: z.array(z.array(probability).nullable()).nullish(),
  }),
})
type Chunk = z.infer<typeof chunkSchema>

const priorities = { high: 1, normal: 0, low: -1 } as const

function finishOf({ meta_info: { finish_reason: finish } }: Chunk): 'stop' | 'length' | null {
  if (!finish) return null
  if (finish.type === 'stop' || finish.type === 'length') return finish.type
  throw complaintError({ status: finish.status_code ?? 500, message: (finish.message ?? finish.type).slice(0, 200), retryAfterMs: undefined })
}

function topOf(row: z.infer<typeof probability>[] | null | undefined, count: number): TokenProbability[] {
  const top = (row ?? []).map(([logprob, token]) => ({ token, logprob: logprob ?? Number.NaN }))
  return top.sort((a, b) => b.logprob - a.logprob || a.token - b.token).slice(0, count)
}

/**
 * Events hold all tokens so far or only the new ones, as the server was started. Lists of all tokens can be longer than the count beside
 * them, because the server goes on while it writes.
 */
function readerOf(request: Pick<GenerateRequest, 'logprobs' | 'topLogprobs'>): ChunkReader {
  const { topLogprobs = 0 } = request
  const scored = wantsLogprobs(request)
  let seen = 0
  let text = ''
  return (event) => {
    const chunk = readReply(chunkSchema, event)
    const finish = finishOf(chunk)
    const { output_ids: ids, meta_info: meta } = chunk
    if (!ids) {
      // Text is cumulative where it begins with what came before.
      const whole = chunk.text ?? ''
      const added = whole.startsWith(text) ? whole.slice(text.length) : whole
      text += added
      return { tokens: added === '' ? [] : null, text: added, finish, promptTokens: null }
    }
    const count = meta.completion_tokens ?? ids.length
    const isDelta = seen > 0 && ids.length < count
    if (isDelta && seen + ids.length !== count) throw protocolFault(`${seen} and ${ids.length} tokens are not ${count}`)
    const from = isDelta ? 0 : seen
    const rows = scored ? (meta.output_token_logprobs ?? []) : ids.map((id): z.infer<typeof probability> => [null, id])
    const offset = rows.length - ids.length
    // A list that the server lengthened after it wrote the other: what is not yet in both comes with the next event.
    const ready = finish === null && !isDelta ? Math.min(ids.length, rows.length) : ids.length
    if (finish !== null && offset !== 0) throw protocolFault(`${ids.length} tokens with ${rows.length} log probabilities`)
    const tokens: UpstreamToken[] = []
    for (let i = from; i < ready; i++) {
      if (rows[i]?.[1] !== ids[i]) throw protocolFault(`token ${ids[i]} with the log probability of ${rows[i]?.[1]}`)
      tokens.push({ token: ids[i]!, logprob: rows[i]![0] ?? Number.NaN, top: topOf(meta.output_top_logprobs?.[i], topLogprobs) })
    }
    seen += tokens.length
    return { tokens, text: '', finish, promptTokens: null }
  }
}

function sampling(request: GenerateRequest): { [key: string]: unknown } {
  const { maxTokens, seed, topK, jsonSchema } = request.sampling
  return {
    ...samplingFields(request),
    max_new_tokens: maxTokens,
    sampling_seed: seedNumber(seed),
    // Here -1 is the whole vocabulary, and 0 is refused.
    ...(topK === 0 ? { top_k: -1 } : {}),
    ...(jsonSchema === undefined ? {} : { json_schema: jsonSchema }),
  }
}

/** SGLang's own API: generation from token ids, adapters by name, adapters loaded and unloaded while it runs. */
export const sglangDialect: UpstreamDialect = {
  name: 'sglang',
  capabilities: { logprobs: 'tempered', grammar: 'json-schema' },
  healthPath: '/health_generate',
  loadFigures: { running: 'sglang:num_running_reqs', waiting: 'sglang:num_queue_reqs' },
  // A request that cannot be served is answered 200, and its error comes as an event.
  streamErrorStatus: 400,
  adapterAdvice: 'start the server with --enable-lora, --max-lora-rank and --lora-target-modules, and let it read the adapter folder',

  async describe(ask, wanted) {
    const found = await servedBase(ask, wanted)
    const said = (await ask('/server_info', undefined, { optional: true })) ?? (await ask('/get_server_info', undefined, { optional: true }))
    const server = said === null ? {} : readReply(serverSchema, parseReply(said))
    return {
      name: found.id,
      version: server.version ?? 'unknown',
      maxLength: found.max_model_len ?? null,
      maxAdapters: server.max_loaded_loras ?? null,
      seeds: server.enable_deterministic_inference === true,
    }
  },
  async tokenize(ask, model, text) {
    const reply = await ask('/tokenize', { model, prompt: text, add_special_tokens: false }, { optional: true })
    return reply === null ? null : readReply(tokensSchema, parseReply(reply)).tokens
  },

  generation(request, { adapter, priorities: ranked }) {
    return {
      path: '/generate',
      body: {
        input_ids: request.promptTokens,
        sampling_params: sampling(request),
        stream: true,
        return_logprob: wantsLogprobs(request),
        ...(request.topLogprobs ? { top_logprobs_num: request.topLogprobs } : {}),
        ...(adapter === null ? {} : { lora_path: adapter }),
        ...(ranked && request.priority ? { priority: priorities[request.priority] } : {}),
      },
    }
  },
  reader: readerOf,

  loadAdapter: (name, path) => ({ path: '/load_lora_adapter', body: { lora_name: name, lora_path: path } }),
  unloadAdapter: (name) => ({ path: '/unload_lora_adapter', body: { lora_name: name } }),
  isLoaded: ({ status, message }) => status === 400 && /already (exists|loaded)/i.test(message),
  isMissing: ({ status, message }, name) => (status === 400 || status === 404) && message.includes(name) && /not loaded|never been loaded|does not exist|not found/i.test(message),
}
