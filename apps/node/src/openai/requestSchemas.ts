import { z } from 'zod'
import { hash32 } from '../requests/fields.ts'

const text = z.string().max(1_000_000)
const contentPart = z.looseObject({ type: z.literal('text'), text })
const content = z.union([text, z.array(contentPart).min(1)]).transform((value) => (typeof value === 'string' ? value : value.map((part) => part.text).join('')))
const message = z.looseObject({ role: z.enum(['system', 'developer', 'user', 'assistant']), content })
const none = (what: string) => z.union([z.null(), z.undefined()], `${what} is not supported by this model`).optional()

/** Fields that change what is answered and that no model here can follow: saying so is better than an answer without them. */
const unsupported = {
  tools: none('tools'),
  tool_choice: none('tool_choice'),
  functions: none('functions'),
  function_call: none('function_call'),
  logit_bias: none('logit_bias'),
  audio: none('audio'),
  modalities: z.array(z.literal('text'), 'only text is supported').nullish(),
  response_format: z.looseObject({ type: z.literal('text', 'only the format "text" is supported') }).nullish(),
  presence_penalty: z.literal(0, 'presence_penalty is not supported by this model').nullish(),
  frequency_penalty: z.literal(0, 'frequency_penalty is not supported by this model').nullish(),
}

const shared = {
  model: z.string().min(1).max(200),
  max_tokens: z.int().min(1).max(131_072).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  top_k: z.int().min(0).max(100_000).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  repetition_penalty: z.number().min(1).max(2).nullish(),
  n: z.literal(1, 'only n = 1 is supported').nullish(),
  stop: z
    .union([z.string().min(1).max(64), z.array(z.string().min(1).max(64)).max(4)])
    .transform((value) => (typeof value === 'string' ? [value] : value))
    .nullish(),
  seed: z.int().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  /** Ours: the caller's part of the sampling seed, and the commitment that it saw before it chose. */
  openledger: z.strictObject({ client_nonce: hash32.optional(), node_commitment: hash32.optional() }).optional(),
  ...unsupported,
}

/** POST /v1/chat/completions. Fields that change nothing here (user, store, metadata …) are passed over. */
export const chatRequestSchema = z.looseObject({
  ...shared,
  messages: z.array(message).min(1).max(1000),
  max_completion_tokens: z.int().min(1).max(131_072).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
})

/** POST /v1/completions */
export const completionRequestSchema = z.looseObject({
  ...shared,
  prompt: z.union([text, z.array(text).length(1, 'only one prompt at a time is supported')]).transform((value) => (typeof value === 'string' ? value : value[0]!)),
  logprobs: z.int().min(0).max(5).nullish(),
  echo: z.literal(false, 'echo is not supported').nullish(),
  suffix: none('suffix'),
  best_of: z.literal(1, 'only best_of = 1 is supported').nullish(),
})

export type ChatRequestBody = z.infer<typeof chatRequestSchema>
export type CompletionRequestBody = z.infer<typeof completionRequestSchema>
