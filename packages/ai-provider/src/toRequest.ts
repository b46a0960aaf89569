import type { LanguageModelV3CallOptions, SharedV3Warning } from '@ai-sdk/provider'
import { providerName, type OpenLedgerOptions } from './OpenLedgerOptions.ts'
import { toMessages } from './toMessages.ts'

/** The body of a request to /v1/chat/completions, and what of the call it cannot say. */
export type NodeRequest = { body: { [field: string]: unknown }; warnings: SharedV3Warning[]; attributionMs: number | undefined }

/** The node takes this many stop strings. */
const mostStops = 4

/** Under which name each option of ours travels: first those of the body, then those of its field `openledger`. */
const bodyNames = { minP: 'min_p', repetitionPenalty: 'repetition_penalty', logitBias: 'logit_bias' } as const
const ownNames = { priority: 'priority', deadlineMs: 'deadline_ms', firstTokenMs: 'first_token_ms', clientNonce: 'client_nonce', nodeCommitment: 'node_commitment' } as const

function renamed(options: OpenLedgerOptions, names: { readonly [K in keyof OpenLedgerOptions]?: string }): { [field: string]: unknown } {
  const named = Object.entries(names).map(([ours, theirs]) => [theirs, options[ours as keyof OpenLedgerOptions]])
  return Object.fromEntries(named.filter(([, value]) => value !== undefined))
}

function responseFormat(format: LanguageModelV3CallOptions['responseFormat']): object | undefined {
  if (format?.type !== 'json') return undefined
  if (!format.schema) return { type: 'json_object' }
  const { schema, name = 'answer', description } = format
  return { type: 'json_schema', json_schema: { name, description, schema, strict: true } }
}

function warningsOf({ tools, toolChoice, stopSequences }: LanguageModelV3CallOptions, options: OpenLedgerOptions): SharedV3Warning[] {
  const warn = (feature: string, details: string): SharedV3Warning => ({ type: 'unsupported', feature, details })
  const known = new Set<string>([...Object.keys(bodyNames), ...Object.keys(ownNames), 'attributionMs'])
  return [
    ...(tools && tools.length > 0 ? [warn('tools', 'models of OpenLedger call no tools; the answer is text')] : []),
    ...(toolChoice && (toolChoice.type === 'required' || toolChoice.type === 'tool') ? [warn('toolChoice', 'models of OpenLedger call no tools')] : []),
    ...((stopSequences?.length ?? 0) > mostStops ? [warn('stopSequences', `only the first ${mostStops} are used`)] : []),
    ...Object.keys(options).filter((name) => !known.has(name)).map((name) => warn(`providerOptions.${providerName}.${name}`, 'there is no such option')),
  ]
}

/**
 * A call of the AI SDK as the request that the node reads. What the node cannot follow is left out, each with a warning.
 * @throws UnsupportedFunctionalityError when the prompt holds what is not text
 */
export function toRequest(model: string, call: LanguageModelV3CallOptions): NodeRequest {
  const options = (call.providerOptions?.[providerName] ?? {}) as OpenLedgerOptions
  const { messages, warnings } = toMessages(call.prompt)
  const own = renamed(options, ownNames)
  const body = {
    model,
    messages,
    max_tokens: call.maxOutputTokens,
    temperature: call.temperature,
    top_p: call.topP,
    top_k: call.topK,
    presence_penalty: call.presencePenalty,
    frequency_penalty: call.frequencyPenalty,
    stop: call.stopSequences && call.stopSequences.length > 0 ? call.stopSequences.slice(0, mostStops) : undefined,
    seed: call.seed,
    response_format: responseFormat(call.responseFormat),
    ...renamed(options, bodyNames),
    ...(Object.keys(own).length > 0 ? { openledger: own } : {}),
  }
  return { body, warnings: [...warnings, ...warningsOf(call, options)], attributionMs: options.attributionMs }
}
