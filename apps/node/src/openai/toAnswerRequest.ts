import { keccak, type Hex } from '@openledger/protocol'
import { encodeAbiParameters, hexToBytes } from 'viem'
import type { AnswerRequest, Payer } from '../inference/AnswerRequest.ts'
import type { ChatRequestBody, CompletionRequestBody } from './requestSchemas.ts'

/** OpenAI's integer `seed` as the caller's nonce: keccak(abi.encode(int256)). */
export function nonceOfSeed(seed: number): Hex {
  return keccak(hexToBytes(encodeAbiParameters([{ type: 'int256' }], [BigInt(seed)])))
}

function shared(body: ChatRequestBody | CompletionRequestBody, payer: Payer): Omit<AnswerRequest, 'prompt' | 'topLogprobs'> {
  const given = body.openledger?.client_nonce
  return {
    model: body.model,
    payer,
    clientNonce: given ?? (body.seed === null || body.seed === undefined ? undefined : nonceOfSeed(body.seed)),
    nodeCommitment: body.openledger?.node_commitment,
    sampling: {
      // Greedy unless asked otherwise: the answer that can be recomputed without a seed.
      temperature: body.temperature ?? 0,
      topP: body.top_p ?? 1,
      topK: body.top_k ?? 0,
      minP: body.min_p ?? 0,
      repetitionPenalty: body.repetition_penalty ?? 1,
      stop: body.stop ?? [],
      maxTokens: body.max_tokens ?? undefined,
    },
  }
}

/** A chat request as the pipeline takes it. */
export function chatToAnswerRequest(body: ChatRequestBody, payer: Payer): AnswerRequest {
  const request = shared(body, payer)
  const messages = body.messages.map(({ role, content }) => ({ role: role === 'developer' ? 'system' : role, content }))
  return {
    ...request,
    sampling: { ...request.sampling, maxTokens: body.max_completion_tokens ?? request.sampling.maxTokens },
    prompt: { messages },
    topLogprobs: body.logprobs ? (body.top_logprobs ?? 0) : 0,
  }
}

/** A text completion as the pipeline takes it. OpenAI's default length for it is 16 tokens. */
export function completionToAnswerRequest(body: CompletionRequestBody, payer: Payer): AnswerRequest {
  const request = shared(body, payer)
  return { ...request, sampling: { ...request.sampling, maxTokens: request.sampling.maxTokens ?? 16 }, prompt: { text: body.prompt }, topLogprobs: body.logprobs ?? 0 }
}
