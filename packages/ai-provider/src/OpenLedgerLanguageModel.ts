import type { JSONObject, LanguageModelV3, LanguageModelV3CallOptions, LanguageModelV3GenerateResult, LanguageModelV3StreamResult } from '@ai-sdk/provider'
import { UnavailableError } from '@openledger/protocol'
import { OpenLedgerClient, type AnswerView } from '@openledger/sdk'
import { answerParts } from './answerParts.ts'
import { finishReasonOf, usageOf } from './finishOf.ts'
import { apiError, callNode, type NodeCall } from './callNode.ts'
import { toMetadata, toSources } from './OpenLedgerMetadata.ts'
import { toRequest } from './toRequest.ts'

export type LanguageModelSettings = {
  /** The node's address, without /v1. */
  url: string
  apiKey?: string
  headers: Record<string, string>
  fetch: typeof fetch
  /** How long to wait until it is known whose data shaped an answer, milliseconds. */
  attributionMs: number
}

type Completion = { id: string; created: number; model: string; choices: { message: { content: string }; finish_reason: string }[]; openledger: AnswerView }

/** One model of a node, for the AI SDK. Answers come with their receipt; sources follow when the answer is attributed. */
export class OpenLedgerLanguageModel implements LanguageModelV3 {
  readonly specificationVersion = 'v3'
  readonly provider = 'openledger.chat'
  readonly supportedUrls = {}
  readonly modelId: string
  readonly #settings: LanguageModelSettings

  constructor(modelId: string, settings: LanguageModelSettings) {
    this.modelId = modelId
    this.#settings = settings
  }

  async doGenerate(call: LanguageModelV3CallOptions): Promise<LanguageModelV3GenerateResult> {
    const { request, warnings, attribution } = this.#request(call, false)
    const response = await callNode(request)
    const text = await response.text()
    const answer = JSON.parse(text) as Completion
    const view = await attribution(answer.openledger)
    const [choice] = answer.choices
    return {
      content: [{ type: 'text', text: choice!.message.content }, ...toSources(view, this.#settings.url)],
      finishReason: finishReasonOf(choice!.finish_reason),
      usage: usageOf(view),
      providerMetadata: toMetadata(view),
      request: { body: request.body },
      response: { id: answer.id, modelId: answer.model, timestamp: new Date(answer.created * 1000), headers: Object.fromEntries(response.headers), body: answer as unknown as JSONObject },
      warnings,
    }
  }

  async doStream(call: LanguageModelV3CallOptions): Promise<LanguageModelV3StreamResult> {
    const { request, warnings, attribution } = this.#request(call, true)
    const response = await callNode(request)
    if (!response.body) throw apiError(new UnavailableError('ANSWER_BROKEN_OFF', 'the node sent no answer', { action: 'retry' }), request)
    const parts = answerParts(response.body, { warnings, attribution, withRaw: call.includeRawChunks === true, url: this.#settings.url, fault: (error) => apiError(error, request) })
    const stream = new ReadableStream({
      async pull(controller) {
        try {
          const { value, done } = await parts.next()
          if (done) controller.close()
          else controller.enqueue(value)
        } catch (error) {
          controller.error(error)
        }
      },
      async cancel() {
        await parts.return(undefined)
      },
    })
    return { stream, request: { body: request.body }, response: { headers: Object.fromEntries(response.headers) } }
  }

  #request(call: LanguageModelV3CallOptions, stream: boolean) {
    const { url, apiKey, headers, fetch, attributionMs: patience } = this.#settings
    const { body, warnings, attributionMs = patience } = toRequest(this.modelId, call)
    const given = Object.entries({ ...headers, ...call.headers }).filter((entry): entry is [string, string] => entry[1] !== undefined)
    const request: NodeCall = {
      url: `${url}/v1/chat/completions`,
      body: { ...body, ...(stream ? { stream } : {}) },
      headers: { ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }), ...Object.fromEntries(given) },
      fetch,
      signal: call.abortSignal,
    }
    /** The answer's view with its attribution, or as it was where that takes too long: an answer is never lost to it. */
    const attribution = async (view: AnswerView): Promise<AnswerView> => {
      if (view.attribution.status !== 'pending' || attributionMs <= 0) return view
      const client = new OpenLedgerClient({ url, token: apiKey, fetch, timeoutMs: attributionMs })
      const known = await client.waitForAttribution(view.receiptId, { timeoutMs: attributionMs, signal: call.abortSignal }).catch(() => view)
      return { ...known, channel: view.channel }
    }
    return { request, warnings, attribution }
  }
}
