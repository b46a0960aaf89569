import { NoSuchModelError, type ProviderV3 } from '@ai-sdk/provider'
import { OpenLedgerLanguageModel } from './OpenLedgerLanguageModel.ts'

export type OpenLedgerProviderSettings = {
  /** The node's address, with or without /v1. Default http://127.0.0.1:7800. */
  baseURL?: string
  /** An API key of the node. Without one `fetch` must pay, such as that of `@x402/fetch`. */
  apiKey?: string
  /** Sent with every request. */
  headers?: Record<string, string>
  /** Default: the platform's. */
  fetch?: typeof fetch
  /** How long to wait, after an answer, until it is known whose data shaped it, milliseconds; 0 does not wait, and then there are no sources. Default 5,000. */
  attributionMs?: number
}

/** Makes models of a node: `openledger('model')` or `openledger.languageModel('model')`. */
export type OpenLedgerProvider = ProviderV3 & { (modelId: string): OpenLedgerLanguageModel; languageModel(modelId: string): OpenLedgerLanguageModel }

/**
 * A provider for the Vercel AI SDK. Results carry the answer's receipt, price and attribution in `providerMetadata.openledger`, and the
 * records in which its words stand as sources.
 */
export function createOpenLedger({ baseURL = 'http://127.0.0.1:7800', apiKey, headers = {}, fetch: send = (input, init) => fetch(input, init), attributionMs = 5000 }: OpenLedgerProviderSettings = {}): OpenLedgerProvider {
  const url = baseURL.replace(/\/+$/, '').replace(/\/v1$/, '')
  const languageModel = (modelId: string): OpenLedgerLanguageModel => new OpenLedgerLanguageModel(modelId, { url, apiKey, headers, fetch: send, attributionMs })
  const none = (modelType: 'embeddingModel' | 'imageModel') => (modelId: string): never => {
    throw new NoSuchModelError({ modelId, modelType, message: `a node of OpenLedger has models that answer with text, and no ${modelType}` })
  }
  return Object.assign((modelId: string) => languageModel(modelId), { specificationVersion: 'v3' as const, languageModel, embeddingModel: none('embeddingModel'), imageModel: none('imageModel') })
}
