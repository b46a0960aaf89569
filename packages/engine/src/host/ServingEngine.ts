import type { Hex, Json } from '@openledger/protocol'
import type { GeneratedToken, GenerateRequest, GenerateResult, ScoreRequest } from '../serving/requests.ts'
import type { ChatMessage } from '../template/ChatTemplate.ts'
import type { AdapterStats, EngineLoad, ModelInfo } from './EngineCalls.ts'

/** What an engine can promise; who serves with it promises no more. */
export type EngineCapabilities = {
  /** It reports the hash of each token's logits, which receipts commit to. */
  logitsHashes: boolean
  /** Any engine of the same numerics profile gives the same tokens and logits for the same request. */
  exactReplay: boolean
  /** The same seed gives the same tokens, on this engine. */
  seeds: boolean
  /** Log probabilities are those of the raw logits, or of the logits after the temperature. */
  logprobs: 'raw' | 'tempered'
  /** Tokens of an answer are those that were computed (`ids`), or its text split once more (`text`). */
  tokens: 'ids' | 'text'
  /** It answers `score`. */
  score: boolean
  /** One request can sum several weighted adapters. */
  mix: boolean
  training: boolean
  /** It can say where an answer's gradient points, which attribution needs. */
  gradients: boolean
  /** What can constrain an answer. */
  grammar: 'none' | 'json-schema'
  embeddings: boolean
}

/** What is known of a loaded model, whichever engine holds it. */
export type EngineInfo = Omit<ModelInfo, 'profile'> & { profile: Json }

/** An answer, and where its tokens come from when that is not what the engine computed. */
export type ServedResult = GenerateResult & { tokensFrom?: 'ids' | 'text' }

/** What a node asks of any engine that answers. Every failure is an OpenLedgerError whose code means the same for every engine. */
export type ServingEngine = {
  /** Known in full once a model is loaded. */
  readonly capabilities: EngineCapabilities
  /** Loads the base model, or reaches the one that computes with it; the same path again gives the same answer. */
  loadModel(path: string): Promise<EngineInfo>
  tokenize(text: string, options?: { addSpecial?: boolean; parseSpecial?: boolean }): Promise<number[]>
  detokenize(tokens: readonly number[], special?: boolean): Promise<string>
  /** The bytes of each token; control tokens are empty. */
  pieces(tokens: readonly number[]): Promise<Uint8Array[]>
  encodeChat(messages: readonly ChatMessage[], addGenerationPrompt?: boolean): Promise<{ text: string; tokens: number[] }>
  /** Reads and checks a PEFT folder, which must stay in place. @returns the adapter's id, the hash of its content */
  registerAdapter(folder: string): Promise<Hex>
  /** Forgets an adapter; requests in flight finish with it. */
  removeAdapter(adapterId: Hex): Promise<void>
  /**
   * Generates an answer, together with whatever else is being generated.
   * @throws `ADAPTER_UNKNOWN`, `CONTEXT_OVERFLOW`, `PROMPT_EMPTY`, `TOKEN_RANGE`, `BAD_SAMPLING`, `CANCELLED`, `OVERLOADED`,
   * `DEADLINE_EXCEEDED`, `ENGINE_CANNOT` for what its capabilities rule out, `ENGINE_*` and `UPSTREAM_*` for faults
   */
  generate(request: GenerateRequest, options?: { onToken?: (token: GeneratedToken) => void; signal?: AbortSignal }): Promise<ServedResult>
  /** Log probabilities of given tokens; there when `capabilities.score` is. */
  score?(request: ScoreRequest, signal?: AbortSignal): Promise<number[]>
  /** How busy the engine is. @throws when it cannot answer requests now */
  load(): Promise<EngineLoad>
  /** How full its adapter tiers are; an engine that manages its adapters elsewhere has none to tell of. */
  adapterStats?(): Promise<AdapterStats>
  /** Ends all requests with `ENGINE_CLOSED`. Calling it twice does nothing more. */
  close(): Promise<void>
}
