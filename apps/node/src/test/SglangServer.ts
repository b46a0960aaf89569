import type { GeneratedToken, GenerateResult } from '@openledger/engine'
import { z } from 'zod'
import { Refusal, UpstreamServer, type Generation, type Send } from './UpstreamServer.ts'

const baseName = 'models/tiny-base'

// What the documents of SGLang name for this call; the real server passes over what it does not know, this one does not.
const generateSchema = z.strictObject({
  input_ids: z.array(z.int().min(0)).min(1),
  stream: z.literal(true),
  return_logprob: z.boolean().optional(),
  top_logprobs_num: z.int().min(0).optional(),
  lora_path: z.string().optional(),
  sampling_params: z.strictObject({
    max_new_tokens: z.int().min(0),
    temperature: z.number().min(0),
    top_p: z.number().gt(0).max(1),
    top_k: z.union([z.literal(-1), z.int().min(1)]),
    min_p: z.number().min(0).max(1),
    repetition_penalty: z.number().gt(0).max(2),
    presence_penalty: z.number().min(-2).max(2).optional(),
    frequency_penalty: z.number().min(-2).max(2).optional(),
    logit_bias: z.record(z.string().regex(/^\d+$/), z.number()).optional(),
    stop: z.array(z.string()).optional(),
    json_schema: z.string().optional(),
    ignore_eos: z.boolean().optional(),
    sampling_seed: z.int(),
  }),
})

/** SGLang's native API as its documents describe it. */
export class SglangServer extends UpstreamServer {
  protected readonly generatePath = '/generate'

  protected async answer(method: string, path: string, body: Record<string, unknown>): Promise<{ status: number; body: unknown } | undefined> {
    if (method === 'GET') return this.#get(path)
    if (path === '/tokenize') {
      const { prompt } = z.strictObject({ model: z.string(), prompt: z.string(), add_special_tokens: z.literal(false) }).parse(body)
      const tokens = await this.engine.tokenize(prompt, { addSpecial: false })
      return { status: 200, body: { tokens, count: tokens.length, max_model_len: this.positions } }
    }
    if (path === '/load_lora_adapter') {
      const { lora_name, lora_path } = z.strictObject({ lora_name: z.string(), lora_path: z.string(), pinned: z.boolean().optional() }).parse(body)
      if (this.loras.has(lora_name)) return this.#update(false, `LoRA with name ${lora_name} already exists. Loaded LoRAs: ${[...this.loras.keys()].join()}`)
      await this.loadLora(lora_name, lora_path)
      return this.#update(true, '')
    }
    if (path === '/unload_lora_adapter') {
      const { lora_name } = z.strictObject({ lora_name: z.string() }).parse(body)
      if (!this.loras.has(lora_name)) return this.#update(false, `LoRA with name ${lora_name} does not exist. Loaded LoRAs: ${[...this.loras.keys()].join()}`)
      this.unloadLora(lora_name)
      return this.#update(true, '')
    }
    return undefined
  }

  #update(success: boolean, error_message: string): { status: number; body: unknown } {
    return { status: success ? 200 : 400, body: { success, error_message, loaded_adapters: Object.fromEntries([...this.loras.keys()].map((name) => [name, 'path'])) } }
  }

  #get(path: string): { status: number; body: unknown } | undefined {
    if (path === '/health' || path === '/health_generate') return { status: 200, body: '' }
    if (path === '/get_server_info') return { status: 200, body: { version: this.options.version ?? '0.5.4', max_loaded_loras: this.options.maxAdapters ?? null, enable_deterministic_inference: true, api_key: 'secret', internal_states: [{}] } }
    if (path === '/v1/models') return { status: 200, body: { object: 'list', data: [{ id: baseName, object: 'model', created: 1, owned_by: 'sglang', root: baseName, max_model_len: this.positions }] } }
    return undefined
  }

  protected parse(body: Record<string, unknown>): Generation {
    const read = generateSchema.safeParse(body)
    if (!read.success) throw new Refusal(422, `${read.error.issues[0]!.path.join('.')} ${read.error.issues[0]!.message}`)
    const { input_ids: promptTokens, lora_path: lora, sampling_params: given, top_logprobs_num: topLogprobs, return_logprob: logprobs = false } = read.data
    const sampling = {
      ...this.samplingOf(given),
      maxTokens: given.max_new_tokens,
      seed: this.seedOf(given.sampling_seed),
      ...(given.json_schema === undefined ? {} : { jsonSchema: given.json_schema }),
    }
    return { lora: lora ?? null, request: { adapterId: null, promptTokens, sampling, topLogprobs, logprobs, ignoreEnd: given.ignore_eos } }
  }

  protected async stream({ request, lora }: Generation, next: AsyncIterable<{ token: GeneratedToken; end: GenerateResult | null }>, send: Send): Promise<void> {
    // What cannot be served is an event of an answer that began well.
    if (lora !== null && !this.loras.has(lora)) return send({ error: { message: `Got LoRA adapter that has never been loaded: ${lora}\nAll loaded adapters: dict_keys([])` } })
    const { incremental, withoutIds } = this.options
    const all: GeneratedToken[] = []
    let text = ''
    for await (const { token, end } of next) {
      all.push(token)
      text += token.text
      const shown = incremental ? [token] : all
      const matched = end?.finishReason === 'length' ? { length: all.length } : { matched: token.token }
      const meta_info = {
        id: 'request-1',
        finish_reason: end ? { type: end.finishReason, ...matched } : null,
        prompt_tokens: request.promptTokens.length,
        completion_tokens: all.length,
        cached_tokens: 0,
        ...(request.logprobs ? { input_token_logprobs: [], output_token_logprobs: shown.map(({ token: id, logprob }) => [logprob, id, null]), output_token_logprobs_length: all.length } : {}),
        ...(request.topLogprobs ? { output_top_logprobs: shown.map(({ top }) => top.map((other) => [other.logprob, other.token, null])) } : {}),
      }
      await send({ text: incremental ? token.text : text, ...(withoutIds ? {} : { output_ids: shown.map(({ token: id }) => id) }), meta_info })
    }
  }

  protected refusal({ status, message }: Refusal): { status: number; body: unknown } {
    return { status, body: { error: { message } } }
  }

  protected streamError(message: string): unknown {
    return { text: '', meta_info: { id: 'request-1', finish_reason: { type: 'abort', message, status_code: 500 }, prompt_tokens: 1, completion_tokens: 0 } }
  }
}
