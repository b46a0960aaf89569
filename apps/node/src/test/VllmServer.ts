import type { GeneratedToken, GenerateResult } from '@openledger/engine'
import { z } from 'zod'
import { Refusal, UpstreamServer, type Generation, type Send } from './UpstreamServer.ts'

const baseName = 'tiny-base'

// What the documents of vLLM name for this call; the real server passes over what it does not know, this one does not.
const completionSchema = z.strictObject({
  model: z.string(),
  prompt: z.array(z.int().min(0)).min(1),
  stream: z.literal(true),
  max_tokens: z.int().min(1),
  temperature: z.number().min(0),
  top_p: z.number().gt(0).max(1),
  top_k: z.int().min(-1),
  min_p: z.number().min(0).max(1),
  repetition_penalty: z.number().gt(0).max(2),
  presence_penalty: z.number().min(-2).max(2).optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
  logit_bias: z.record(z.string().regex(/^\d+$/), z.number().min(-100).max(100)).optional(),
  seed: z.int(),
  stop: z.array(z.string()).optional(),
  logprobs: z.int().min(0).max(20).optional(),
  return_token_ids: z.literal(true),
  return_tokens_as_token_ids: z.literal(true),
  ignore_eos: z.boolean().optional(),
  response_format: z.strictObject({ type: z.literal('json_schema'), json_schema: z.strictObject({ name: z.string(), schema: z.looseObject({}) }) }).optional(),
  // "Any priority other than 0 will raise an error if the served model does not use priority scheduling."
  priority: z.literal(0).optional(),
})

/** vLLM's OpenAI server as its documents describe it. */
export class VllmServer extends UpstreamServer {
  protected readonly generatePath = '/v1/completions'

  protected async answer(method: string, path: string, body: Record<string, unknown>): Promise<{ status: number; body: unknown } | undefined> {
    if (method === 'GET') return this.#get(path)
    if (path === '/tokenize') {
      const { prompt } = z.strictObject({ model: z.literal(baseName), prompt: z.string(), add_special_tokens: z.literal(false) }).parse(body)
      const tokens = await this.engine.tokenize(prompt, { addSpecial: false })
      return { status: 200, body: { count: tokens.length, max_model_len: this.positions, tokens, token_strs: null } }
    }
    if (path === '/v1/load_lora_adapter') {
      const { lora_name, lora_path } = z.strictObject({ lora_name: z.string(), lora_path: z.string() }).parse(body)
      if (this.loras.has(lora_name)) throw new Refusal(400, `The lora adapter '${lora_name}' has already been loaded. If you want to load the adapter in place, set 'load_inplace' to True.`)
      await this.loadLora(lora_name, lora_path)
      return { status: 200, body: `Success: LoRA adapter '${lora_name}' added successfully.` }
    }
    if (path === '/v1/unload_lora_adapter') {
      const { lora_name } = z.strictObject({ lora_name: z.string() }).parse(body)
      if (!this.loras.has(lora_name)) throw new Refusal(404, `The lora adapter '${lora_name}' cannot be found.`)
      this.unloadLora(lora_name)
      return { status: 200, body: `Success: LoRA adapter '${lora_name}' removed successfully.` }
    }
    return undefined
  }

  #get(path: string): { status: number; body: unknown } | undefined {
    if (path === '/health') return { status: 200, body: '' }
    if (path === '/version') return { status: 200, body: { version: this.options.version ?? '0.11.0' } }
    if (path === '/metrics') return { status: 200, body: `# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running{engine="0",model_name="${baseName}"} ${this.running}.0\nvllm:num_requests_waiting{engine="0",model_name="${baseName}"} 0.0\n` }
    if (path !== '/v1/models') return undefined
    const card = (id: string, more: object): object => ({ id, object: 'model', created: 1, owned_by: 'vllm', permission: [], ...more })
    const loras = [...this.loras.keys()].map((id) => card(id, { root: '/loras', parent: baseName, max_model_len: null }))
    return { status: 200, body: { object: 'list', data: [card(baseName, { root: '/models/tiny', parent: null, max_model_len: this.positions }), ...loras] } }
  }

  protected parse(body: Record<string, unknown>): Generation {
    const read = completionSchema.safeParse(body)
    if (!read.success) throw new Refusal(400, `${read.error.issues[0]!.path.join('.')} ${read.error.issues[0]!.message}`)
    const { model, prompt, ...given } = read.data
    if (model !== baseName && !this.loras.has(model)) throw new Refusal(404, `The model \`${model}\` does not exist.`)
    if (prompt.length + given.max_tokens > this.positions) throw new Refusal(400, `This model's maximum context length is ${this.positions} tokens.`)
    const sampling = {
      ...this.samplingOf(given),
      maxTokens: given.max_tokens,
      seed: this.seedOf(given.seed),
      ...(given.response_format ? { jsonSchema: JSON.stringify(given.response_format.json_schema.schema) } : {}),
    }
    return { lora: model === baseName ? null : model, request: { adapterId: null, promptTokens: prompt, sampling, topLogprobs: given.logprobs, logprobs: given.logprobs !== undefined, ignoreEnd: given.ignore_eos } }
  }

  protected async stream({ request, lora }: Generation, next: AsyncIterable<{ token: GeneratedToken; end: GenerateResult | null }>, send: Send): Promise<void> {
    const name = (id: number): string => `token_id:${id}`
    let first = true
    for await (const { token, end } of next) {
      const top = Object.fromEntries([[name(token.token), token.logprob], ...token.top.map((other) => [name(other.token), other.logprob])])
      const logprobs = { text_offset: [0], token_logprobs: [token.logprob], tokens: [name(token.token)], top_logprobs: [top] }
      const ids = this.options.withoutIds ? {} : { token_ids: [token.token], ...(first ? { prompt_token_ids: this.options.otherPrompt ? [...request.promptTokens.slice(1), 5] : request.promptTokens } : {}) }
      const choice = { index: 0, text: token.text, finish_reason: end?.finishReason ?? null, stop_reason: null, ...(this.options.withoutIds || request.logprobs === false ? {} : { logprobs }), ...ids }
      await send({ id: 'cmpl-1', object: 'text_completion', created: 1, model: lora ?? baseName, choices: [choice] })
      first = false
    }
  }

  protected refusal({ status, message }: Refusal): { status: number; body: unknown } {
    return { status, body: { error: { message, type: status === 404 ? 'NotFoundError' : 'BadRequestError', param: null, code: status } } }
  }

  protected streamError(message: string): unknown {
    return { error: { message, type: 'InternalServerError', param: null, code: 500 } }
  }
}
