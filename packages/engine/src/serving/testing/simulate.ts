import { keccak, type Hex, type Sampling } from '@openledger/protocol'
import { Batcher, type BatcherOptions } from '../Batcher.ts'
import type { GenerateRequest } from '../requests.ts'
import { SimulatedPass, simulatedVocabulary, type StepCost } from './SimulatedPass.ts'
import { SimulatedPool } from './SimulatedPool.ts'
import { SimulatedRuntime } from './SimulatedRuntime.ts'

export type Simulation = { runtime: SimulatedRuntime; pool: SimulatedPool; pass: SimulatedPass; batcher: Batcher }

/** A batcher over a simulated forward pass, adapters and clock. */
export function simulate(options: Partial<BatcherOptions> & { prefixSlots?: number; cost?: StepCost; room?: number; loadMs?: (id: Hex) => number } = {}): Simulation {
  const { slots = 4, prefixSlots = 0, cost, room, loadMs, ...rest } = options
  const runtime = new SimulatedRuntime()
  const pool = new SimulatedPool(runtime, { room, loadMs })
  const pass = new SimulatedPass(runtime, slots + prefixSlots, cost)
  const vocabulary = { size: simulatedVocabulary, piece: () => new Uint8Array(), endsGeneration: () => false }
  const batcher = new Batcher({ pass, cache: pass, pool, runtime, vocabulary, positions: 4096 }, { slots, maxRows: 256, ...rest })
  return { runtime, pool, pass, batcher }
}

/** The id of test adapter number `index`. */
export function adapterId(index: number): Hex {
  return `0x${index.toString(16).padStart(64, '0')}`
}

const seed = keccak(new Uint8Array([1]))

/** A greedy request with a prompt of its own. */
export function requestOf(changes: Partial<GenerateRequest> & { prompt?: number; start?: number; answer?: number } = {}): GenerateRequest {
  const { prompt = 20, start = 0, answer = 10, ...rest } = changes
  const sampling: Sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, maxTokens: answer, stop: [], seed }
  const promptTokens = Array.from({ length: prompt }, (_, index) => (index * 7 + start * (index + 3)) % simulatedVocabulary)
  return { adapterId: null, promptTokens, sampling, logprobs: false, ...rest }
}

/** Jain's index of fairness (Jain, Chiu and Hawe 1984): 1 when all are equal, 1/n when one has everything. */
export function jainIndex(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0)
  return sum ** 2 / (values.length * values.reduce((total, value) => total + value ** 2, 0))
}

/** The value that the given part of the values does not exceed. */
export function quantileOf(values: readonly number[], part: number): number {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(part * values.length) - 1)] ?? 0
}
