import { choiceNonce, fail, keccak, maxSchemaLength, type Hex, type Sampling } from '@openledger/protocol'
import { encodeAbiParameters, hexToBytes } from 'viem'
import type { AnswerRequest, Payer } from '../inference/AnswerRequest.ts'
import type { ChatRequestBody, CompletionRequestBody } from './requestSchemas.ts'

/** OpenAI's integer `seed` as the caller's nonce: keccak(abi.encode(int256)). */
export function nonceOfSeed(seed: number): Hex {
  return keccak(hexToBytes(encodeAbiParameters([{ type: 'int256' }], [BigInt(seed)])))
}

/** The schema that a response format asks for, as it is bound by the receipt: compact, in NFC. */
function schemaOf(format: ChatRequestBody['response_format']): string | undefined {
  if (!format || format.type === 'text') return undefined
  if (format.type === 'json_object') return '{"type":"object"}'
  // Normalizing a text can join two keys, so it is read once more.
  const text = JSON.stringify(JSON.parse(JSON.stringify(format.json_schema.schema).normalize('NFC')))
  if (text.length > maxSchemaLength) fail('SCHEMA_TOO_LARGE', `the JSON schema has ${text.length} characters; ${maxSchemaLength} are allowed`, { field: 'response_format' })
  return text
}

/** What is left out where it changes nothing, as in receipts that are older than it. */
function optional(body: ChatRequestBody | CompletionRequestBody): Partial<Sampling> {
  const { presence_penalty: presencePenalty, frequency_penalty: frequencyPenalty } = body
  const logitBias = Object.entries(body.logit_bias ?? {})
    .filter(([, bias]) => bias !== 0)
    .map(([token, bias]): [number, number] => [Number(token), bias])
    .sort(([a], [b]) => a - b)
  const jsonSchema = schemaOf(body.response_format)
  return {
    ...(presencePenalty ? { presencePenalty } : {}),
    ...(frequencyPenalty ? { frequencyPenalty } : {}),
    ...(logitBias.length > 0 ? { logitBias } : {}),
    ...(jsonSchema === undefined ? {} : { jsonSchema }),
  }
}

/**
 * The requests for the `n` answers that one asks for: alike but for the nonce, which the first keeps (see choiceNonce).
 * @param takeSecret takes the secret behind a commitment, for all of them
 */
export function choicesOf(request: AnswerRequest, n: number, takeSecret: (commitment: Hex) => Hex): AnswerRequest[] {
  if (n === 1) return [request]
  const { clientNonce, nodeCommitment } = request
  const nodeSecret = nodeCommitment === undefined ? undefined : takeSecret(nodeCommitment)
  return Array.from({ length: n }, (_, index) => ({ ...request, nodeSecret, clientNonce: clientNonce === undefined ? undefined : choiceNonce(clientNonce, index) }))
}

function shared(body: ChatRequestBody | CompletionRequestBody, payer: Payer): Omit<AnswerRequest, 'prompt' | 'logprobs' | 'topLogprobs'> {
  const given = body.openledger?.client_nonce
  return {
    model: body.model,
    payer,
    clientNonce: given ?? (body.seed === null || body.seed === undefined ? undefined : nonceOfSeed(body.seed)),
    nodeCommitment: body.openledger?.node_commitment,
    scheduling: { priority: body.openledger?.priority, deadlineMs: body.openledger?.deadline_ms, firstTokenMs: body.openledger?.first_token_ms },
    sampling: {
      // Greedy unless asked otherwise: the answer that can be recomputed without a seed.
      temperature: body.temperature ?? 0,
      topP: body.top_p ?? 1,
      topK: body.top_k ?? 0,
      minP: body.min_p ?? 0,
      repetitionPenalty: body.repetition_penalty ?? 1,
      ...optional(body),
      stop: (body.stop ?? []).map((stop) => stop.normalize('NFC')),
      maxTokens: body.max_tokens ?? undefined,
    },
  }
}

/** A chat request as the pipeline takes it. */
export function chatToAnswerRequest(body: ChatRequestBody, payer: Payer): AnswerRequest {
  const request = shared(body, payer)
  const messages = body.messages.map(({ role, content }) => ({ role: role === 'developer' ? 'system' : role, content }))
  return {
    prompt: { messages },
    logprobs: body.logprobs ?? false,
    topLogprobs: body.logprobs ? (body.top_logprobs ?? 0) : 0,
    ...request,
    sampling: { ...request.sampling, maxTokens: body.max_completion_tokens ?? request.sampling.maxTokens },
  }
}

/** A text completion as the pipeline takes it. OpenAI's default length for it is 16 tokens. */
export function completionToAnswerRequest(body: CompletionRequestBody, payer: Payer): AnswerRequest {
  const request = shared(body, payer)
  return { ...request, sampling: { ...request.sampling, maxTokens: request.sampling.maxTokens ?? 16 }, prompt: { text: body.prompt }, logprobs: typeof body.logprobs === 'number', topLogprobs: body.logprobs ?? 0 }
}
