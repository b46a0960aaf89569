import type { APICallError, LanguageModelV3FinishReason, LanguageModelV3StreamPart, SharedV3Warning } from '@ai-sdk/provider'
import { UnavailableError, type OpenLedgerError } from '@openledger/protocol'
import { responseError, serverEvents, type AnswerView } from '@openledger/sdk'
import { toMetadata, toSources } from './OpenLedgerMetadata.ts'
import { finishReasonOf, usageOf } from './finishOf.ts'

export type AnswerPartsOptions = {
  warnings: SharedV3Warning[]
  /** Waits for an answer's attribution. */
  attribution: (view: AnswerView) => Promise<AnswerView>
  /** Pass the node's chunks on as they came. */
  withRaw: boolean
  /** The node's address. */
  url: string
  fault: (error: OpenLedgerError) => APICallError
}

type Chunk = { id: string; created: number; model: string; choices?: { delta?: { content?: string | null }; finish_reason?: string | null }[]; openledger?: AnswerView; error?: object }

const noUsage = { inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined }, outputTokens: { total: undefined, text: undefined, reasoning: undefined } }

/** A streamed answer of the node in the parts of the AI SDK: the text as it is made, then its sources, then the end with its receipt. */
export async function* answerParts(body: ReadableStream<Uint8Array>, { warnings, attribution, withRaw, url, fault }: AnswerPartsOptions): AsyncGenerator<LanguageModelV3StreamPart, undefined> {
  yield { type: 'stream-start', warnings }
  let id: string | undefined
  let view: AnswerView | undefined
  let finishReason: LanguageModelV3FinishReason = finishReasonOf(undefined)
  let error: OpenLedgerError | undefined
  for await (const data of serverEvents(body)) {
    if (data === '[DONE]') break
    const chunk = JSON.parse(data) as Chunk
    if (withRaw) yield { type: 'raw', rawValue: chunk }
    if (chunk.error) {
      error = responseError(500, data)
      break
    }
    if (id === undefined) {
      id = chunk.id
      yield { type: 'response-metadata', id, modelId: chunk.model, timestamp: new Date(chunk.created * 1000) }
      yield { type: 'text-start', id }
    }
    const [choice] = chunk.choices ?? []
    if (choice?.delta?.content) yield { type: 'text-delta', id, delta: choice.delta.content }
    if (choice?.finish_reason) finishReason = finishReasonOf(choice.finish_reason)
    view = chunk.openledger ?? view
  }
  if (id !== undefined) yield { type: 'text-end', id }
  if (!view) {
    yield { type: 'error', error: fault(error ?? new UnavailableError('ANSWER_BROKEN_OFF', 'the answer ended without its receipt', { action: 'retry', fix: 'ask again' })) }
    yield { type: 'finish', finishReason: { unified: 'error', raw: undefined }, usage: noUsage }
    return
  }
  const known = await attribution(view)
  yield* toSources(known, url)
  yield { type: 'finish', finishReason, usage: usageOf(known), providerMetadata: toMetadata(known) }
}
