import type { EngineOptions, KvType } from '@openledger/engine'
import type { AdapterFiles } from '../material/AdapterFiles.ts'
import type { AdapterKind } from '../material/AdapterKind.ts'
import type { BenchShape } from '../material/BenchShape.ts'
import type { ScenarioResult } from '../report/ScenarioResult.ts'
import type { EngineTarget } from '../targets/EngineTarget.ts'

/** How large everything is. */
export type BenchSettings = {
  shape: BenchShape
  threads: number
  /** Clients of the closed loops, and sequences that a server computes at once. */
  clients: number
  rounds: number
  /** Length of one timed run. */
  seconds: number
  /** Length of the soak run. */
  minutes: number
  /** Adapters at the far end of the flatness scenario and in S-LoRA's workload. */
  adapters: number
  promptTokens: number
  answerTokens: number
  /** S-LoRA's exponent and coefficient of variation; its rate defaults to three quarters of saturation. */
  alpha: number
  cv: number
  rate?: number
  /** Admission's bound, and the bound of S-LoRA's attainment. */
  firstTokenMs: number
  kvType: KvType
  /** What computes; default the processor. */
  device?: string
  /** `off`: weights stay in plain memory on both sides of a comparison, whatever the processor has. */
  extraBuffers: 'auto' | 'off'
  seed: number
  llamaServer?: string
}

/** What a scenario may use. Engines that it opens it also closes. */
export type BenchContext = {
  settings: BenchSettings
  signal: AbortSignal
  /** The model file of this run, and its adapters. */
  model: string
  files: AdapterFiles
  note(text: string): void
  /** Starts an engine with the settings' threads and slots and makes `count` adapters of a kind known. */
  open(options?: EngineOptions, adapters?: { kind: AdapterKind; count: number }): Promise<EngineTarget>
}

export type Scenario = { name: string; about: string; run(context: BenchContext): Promise<ScenarioResult> }
