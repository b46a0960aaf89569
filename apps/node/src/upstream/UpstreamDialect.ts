import type { EngineCapabilities, GenerateRequest, TokenProbability } from '@openledger/engine'
import type { Complaint } from './complaint.ts'

/** What a server says of itself. */
export type UpstreamModel = {
  /** The base model's name on the server. */
  name: string
  version: string
  /** Longest sequence, in tokens; null when it does not say. */
  maxLength: number | null
  /** Adapters it can hold at once; null when it does not say. */
  maxAdapters: number | null
  /** The same seed gives the same tokens there. */
  seeds: boolean
}

export type UpstreamToken = { token: number; logprob: number; top: TokenProbability[] }

/** What one event of an answer brings. */
export type UpstreamChunk = {
  /** Null when the server names no token ids. */
  tokens: UpstreamToken[] | null
  /** New text; of use only where there are no token ids. */
  text: string
  finish: 'stop' | 'length' | null
  /** The prompt as the server took it, where it says so. */
  promptTokens: readonly number[] | null
}

/** Reads the events of one answer, in order. @throws UpstreamFault UPSTREAM_PROTOCOL for what is no event of this server */
export type ChunkReader = (event: unknown) => UpstreamChunk | null

/** Whether a request asks for log probabilities, its own or those of alternatives. */
export function wantsLogprobs({ logprobs, topLogprobs }: Pick<GenerateRequest, 'logprobs' | 'topLogprobs'>): boolean {
  return logprobs !== false || (topLogprobs ?? 0) > 0
}

/** One call: sent by POST as JSON. */
export type UpstreamCall = { path: string; body: { [key: string]: unknown } }

/** Asks the server something: GET without a body, POST with one; a status other than 200 is a complaint, 404 is null when `optional`. */
export type Ask = (path: string, body?: unknown, options?: { optional?: boolean }) => Promise<string | null>

/** How one kind of server is spoken to. */
export type UpstreamDialect = {
  readonly name: 'vllm' | 'sglang'
  readonly capabilities: Pick<EngineCapabilities, 'logprobs' | 'grammar'>
  /** Answers 200 when the server can compute. */
  readonly healthPath: string
  /** Names of the figures that say how busy it is. */
  readonly loadFigures: { running: string; waiting: string }
  /** Asks for the base model. @param wanted its name, or undefined for the only one @throws InputError UPSTREAM_MODEL */
  describe(ask: Ask, wanted: string | undefined): Promise<UpstreamModel>
  /** Splits text on the server, without special tokens; null when it cannot. */
  tokenize(ask: Ask, model: string, text: string): Promise<number[] | null>
  /** The call that streams an answer. @param adapter the adapter's name on the server, or null */
  generation(request: GenerateRequest, context: { model: string; adapter: string | null; priorities: boolean }): UpstreamCall
  /** Reads the answer to one generation. */
  reader(request: Pick<GenerateRequest, 'logprobs' | 'topLogprobs'>): ChunkReader
  loadAdapter(name: string, path: string): UpstreamCall
  unloadAdapter(name: string): UpstreamCall
  /** The server already holds an adapter of this name. */
  isLoaded(complaint: Complaint): boolean
  /** The server knows no adapter of this name. */
  isMissing(complaint: Complaint, name: string): boolean
  /** The status of an error inside a stream that names none. */
  readonly streamErrorStatus: number
  /** What the server must be started with, for errors. */
  readonly adapterAdvice: string
}
