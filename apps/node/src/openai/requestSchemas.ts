import { z } from 'zod'
import { hash32 } from '../requests/fields.ts'

const text = z.string().max(1_000_000)
const contentPart = z.looseObject({ type: z.literal('text'), text })
const content = z.union([text, z.array(contentPart).min(1)]).transform((value) => (typeof value === 'string' ? value : value.map((part) => part.text).join('')))
const message = z.looseObject({ role: z.enum(['system', 'developer', 'user', 'assistant']), content })
const none = (what: string) => z.union([z.null(), z.undefined()], `${what} is not supported by this model`).optional()

const penalty = z.number().min(-2).max(2).nullish()
const jsonSchema = z.looseObject({ name: z.string().regex(/^[\w-]{1,64}$/, 'a name has 1 to 64 letters, digits, - and _'), schema: z.record(z.string(), z.unknown()), strict: z.boolean().nullish() })

/** What the answer's text must be. A schema is followed whether or not `strict` is set. */
const responseFormat = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('json_object') }),
  z.looseObject({ type: z.literal('json_schema'), json_schema: jsonSchema }),
])

/** The most answers to one request. */
export const maxChoices = 8

/** Fields that change what is answered and that no model here can follow: saying so is better than an answer without them. */
const unsupported = {
  tools: none('tools'),
  tool_choice: none('tool_choice'),
  functions: none('functions'),
  function_call: none('function_call'),
  audio: none('audio'),
  modalities: z.array(z.literal('text'), 'only text is supported').nullish(),
}

/** Ours: when an answer is wanted. Priorities hold among one payer's requests. */
const scheduling = {
  priority: z.enum(['high', 'normal', 'low']).optional(),
  /** Give up, without charge, when the answer is not finished this long after the request. */
  deadline_ms: z.int().min(1).max(3_600_000).optional(),
  /** Refuse at once, with 429, when the first token is expected later than this. */
  first_token_ms: z.int().min(1).max(3_600_000).optional(),
}

const shared = {
  model: z.string().min(1).max(200),
  max_tokens: z.int().min(1).max(131_072).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  top_k: z.int().min(0).max(100_000).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  repetition_penalty: z.number().min(1).max(2).nullish(),
  presence_penalty: penalty,
  frequency_penalty: penalty,
  logit_bias: z
    .record(z.string().regex(/^(0|[1-9]\d{0,8})$/, 'a token id is a whole number'), z.number().min(-100).max(100))
    .refine((biases) => Object.keys(biases).length <= 300, 'at most 300 tokens can have a bias')
    .nullish(),
  response_format: responseFormat.nullish(),
  n: z.int().min(1).max(maxChoices).nullish(),
  stop: z
    .union([z.string().min(1).max(64), z.array(z.string().min(1).max(64)).max(4)])
    .transform((value) => (typeof value === 'string' ? [value] : value))
    .nullish(),
  seed: z.int().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  /** Ours: the caller's part of the sampling seed, and the commitment that it saw before it chose. */
  openledger: z.strictObject({ client_nonce: hash32.optional(), node_commitment: hash32.optional(), ...scheduling }).optional(),
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
