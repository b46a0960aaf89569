import type { Hex, ModelCommitment } from '@openledger/protocol'
import type { FactorType } from '../forward/AdapterSlab.ts'
import type { KvType } from '../forward/KvCache.ts'
import type { ModelConfig } from '../model/ModelConfig.ts'
import type { NumericsProfile } from '../profile/NumericsProfile.ts'
import type { ServingDetail } from '../serving/load/ServingLoad.ts'
import type { EmbedRequest, GeneratedToken, GenerateRequest, GenerateResult, ScoreRequest, StatesRequest } from '../serving/requests.ts'
import type { AdapterPoolStats } from '../serving/pool/AdapterPool.ts'
import type { AdapterUsage } from '../serving/pool/AdapterUsage.ts'
import type { ChatMessage } from '../template/ChatTemplate.ts'
import type { AdapterRecipe, AdapterShape, AdapterTrainingResult, AnswerGradient, Coalition, FingerprintPlan, GradientDots, GradientPath, RecordFingerprint, TogetherOptions, TogetherResult, TrainingExample, TrainingProgress } from '../training/index.ts'

export type EngineOptions = {
  /** Threads to compute with; default 1 for small models, else 2 if there are as many cores. Results do not depend on it. */
  threads?: number
  /** How far the engine's thread stands back behind all others, 0 (the default) to 19; works on Linux. */
  niceness?: number
  /** CPU build to insist on; default OPENLEDGER_GGML_VARIANT, else the best. */
  variant?: string
  /**
   * What computes: `cpu` (the default), `cuda`, `vulkan`, `metal`, one of several as in `vulkan:1`, or `auto`: a device with room for the model, else
   * the CPU. Results of other devices than the CPU cannot be computed again bit for bit.
   */
  device?: string
  /** Leave the weights in the pages of their file where the system can; default true. The file must not be written to meanwhile. */
  memoryMap?: boolean
  /** Whether quantised matrices go into memory that the processor multiplies faster from (AMX) where it has any; default `auto`. Bits of results depend on it. */
  extraBuffers?: 'auto' | 'off'
  /** Sequences served at once; default 8. */
  slots?: number
  /** Longest sequence; default the model's context, at most 2048. */
  positions?: number
  /** Most rows per step; default 256. */
  maxRows?: number
  /** Element type of the attention cache; default F32 on `device: 'cpu'`, else F16. */
  kvType?: KvType
  /** Memory for the adapters that steps can use at once; default 1 GiB. */
  adapterBytes?: number
  /**
   * How the first factors of adapters are kept for steps; default F32. F16 halves what they cost in large mixtures of large adapters, rounds them and
   * their inputs to 11 bits, and overflows on inputs above 65,504. Bits of results depend on it. CPU only.
   */
  adapterType?: FactorType
  /** Host memory for adapters that were read from disk; default 4 GiB, at most a quarter of the machine's. */
  hostAdapterBytes?: number
  /** Slots of the attention cache that keep prefixes of past sequences, beside those that no sequence uses; default 0. */
  prefixSlots?: number
  /** Most bytes of answers that pause for payers further behind in their share; default 256 MiB, 0 lets none pause. */
  pausedBytes?: number
  /** Most prompt rows per step while answers are in progress; default 128. */
  promptRows?: number
  /** Requests that can wait; default 1,024. */
  maxWaiting?: number
  /** Refuse a request with `OVERLOADED` when its first token is predicted to take longer and it names no bound; default never. */
  firstTokenMs?: number
}

/** What is known of a loaded model. */
export type ModelInfo = {
  id: Hex
  commitment: ModelCommitment
  config: ModelConfig
  profile: NumericsProfile
  profileHash: Hex
  /** Longest sequence that is served, in tokens. */
  positions: number
  /** Bytes of weights in memory. */
  bytes: number
  /** What computes, and its memory in bytes: all of it, and what was free before the model was loaded. Absent for an engine that does not compute here. */
  device?: { id: string; name: string; totalBytes: number; freeBytes: number }
  hasTemplate: boolean
  bos: number
  eos: number
}

export type EngineLoad = {
  /** Sequences being computed. */
  active: number
  /** Requests waiting for a slot or an adapter. */
  waiting: number
  steps: number
  /** Steps of sequences on the bare base, on one adapter, and of any mix. */
  paths?: { base: number; single: number; mixed: number }
  /** Adapters registered. */
  adapters: number
  /** Bytes of the adapters that steps can use now. */
  adapterBytes: number
  /** What the engine's scheduler counts; absent for an engine that has none to look into. */
  detail?: ServingDetail
}

/** How full the adapter tiers are, what went through them, and how often each adapter was used. */
export type AdapterStats = AdapterPoolStats & { usage: ReturnType<AdapterUsage['all']> }

export type TrainRequest = {
  examples: readonly TrainingExample[]
  recipe: Partial<AdapterRecipe>
  evaluation?: readonly TrainingExample[]
  contributors?: number
  checkpointDir?: string
  /** Where the trained adapter is written as a PEFT folder. */
  outputFolder: string
}

export type TrainTogetherRequest = Omit<TogetherOptions, 'signal' | 'onProgress' | 'now'> & {
  examples: readonly TrainingExample[]
  recipe: Partial<AdapterRecipe>
  coalitions: readonly Coalition[]
  /** Where the adapter of the coalition of ones is written as a PEFT folder; needs that coalition. */
  outputFolder?: string
}

/** What `trainTogether` gives, and where the adapter of the coalition of ones lies when a folder was named. */
export type TrainTogetherResult = TogetherResult & { adapterId?: Hex; folder?: string }

/** The result of training as it crosses the thread border: the adapter itself lies in `outputFolder`. */
export type TrainResult = Omit<AdapterTrainingResult, 'adapter'> & { adapterId: Hex; folder: string }

type Call<Params, Result, Event = never> = { params: Params; result: Result; event: Event }

/** Everything that an engine thread can be asked. */
export type EngineCalls = {
  loadModel: Call<{ path: string }, ModelInfo>
  tokenize: Call<{ text: string; addSpecial: boolean; parseSpecial: boolean }, number[]>
  detokenize: Call<{ tokens: readonly number[]; special: boolean }, string>
  pieces: Call<{ tokens: readonly number[] }, Uint8Array[]>
  encodeChat: Call<{ messages: readonly ChatMessage[]; addGenerationPrompt: boolean }, { text: string; tokens: number[] }>
  registerAdapter: Call<{ folder: string }, { adapterId: Hex }>
  removeAdapter: Call<{ adapterId: Hex }, void>
  reloadAdapter: Call<{ adapterId: Hex; folder: string }, { adapterId: Hex }>
  pinAdapter: Call<{ adapterId: Hex }, void>
  unpinAdapter: Call<{ adapterId: Hex }, void>
  adapterStats: Call<null, AdapterStats>
  generate: Call<GenerateRequest, GenerateResult, GeneratedToken>
  score: Call<ScoreRequest, number[]>
  embed: Call<EmbedRequest, Float32Array>
  states: Call<StatesRequest, Float32Array>
  load: Call<null, EngineLoad>
  train: Call<TrainRequest, TrainResult, TrainingProgress>
  trainTogether: Call<TrainTogetherRequest, TrainTogetherResult, TrainingProgress>
  answerGradient: Call<{ adapterId: Hex; tokens: readonly number[]; supervisedFrom: number; path?: GradientPath }, AnswerGradient>
  fingerprints: Call<{ examples: readonly TrainingExample[]; plan?: Partial<FingerprintPlan>; weights?: Float32Array }, RecordFingerprint[], number>
  lossesAfter: Call<{ adapterId: Hex; tokens: readonly number[]; supervisedFrom: number; movements: readonly Float32Array[] }, number[]>
  gradientDots: Call<{ query: TrainingExample; examples: readonly TrainingExample[]; plan?: Partial<FingerprintPlan> }, GradientDots>
  exampleLosses: Call<{ weights: readonly Float32Array[]; shape: AdapterShape; examples: readonly TrainingExample[] }, Float64Array[]>
  close: Call<null, void>
}
