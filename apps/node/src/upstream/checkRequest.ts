import type { EngineCapabilities, GenerateRequest } from '@openledger/engine'
import { fail, samplingSchema } from '@openledger/protocol'

export type RequestBounds = { vocabulary: number; positions: number; capabilities: EngineCapabilities }

const cannot = (what: string, field: string): never => fail('ENGINE_CANNOT', `the engine of this node cannot ${what}`, { field, action: 'stop', status: 400 })

/**
 * Refuses what no engine or not this one can serve, before it is sent anywhere.
 * @throws InputError BAD_SAMPLING, PROMPT_EMPTY, TOKEN_RANGE, CONTEXT_OVERFLOW, ENGINE_CANNOT
 */
export function checkRequest({ promptTokens, sampling: given, mix, logitsHashes, answered = [] }: GenerateRequest, { vocabulary, positions, capabilities }: RequestBounds): void {
  const sampling = samplingSchema.safeParse(given)
  if (!sampling.success) fail('BAD_SAMPLING', `sampling: ${sampling.error.issues[0]!.path.join('.')} ${sampling.error.issues[0]!.message}`, { field: 'sampling' })
  if (promptTokens.length === 0) fail('PROMPT_EMPTY', 'a sequence needs at least one token', { field: 'promptTokens' })
  const wrong = promptTokens.find((token) => !Number.isInteger(token) || token < 0 || token >= vocabulary)
  if (wrong !== undefined) fail('TOKEN_RANGE', `token ${wrong} is not in the vocabulary of ${vocabulary}`, { field: 'promptTokens' })
  const length = promptTokens.length + given.maxTokens
  if (length > positions) fail('CONTEXT_OVERFLOW', `prompt and answer take ${length} tokens, the context has ${positions}`, { field: 'maxTokens', fix: 'shorten the conversation or lower max_tokens' })
  if (mix !== undefined && !capabilities.mix) cannot('sum several adapters', 'mix')
  // Whether it would have chosen these tokens nobody can say where the same request need not give the same tokens.
  if (answered.length > 0 && !capabilities.exactReplay) cannot('go on with an answer', 'answered')
  if (logitsHashes && !capabilities.logitsHashes) cannot('report hashes of logits', 'logitsHashes')
}
