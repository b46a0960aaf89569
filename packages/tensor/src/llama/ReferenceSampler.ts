import koffi from 'koffi'
import { InputError } from '@openledger/protocol'
import type { Ggml } from '../library/Ggml.ts'
import { llamaFunctions, type LlamaFunctions } from './llamaFunctions.ts'

/** One of libllama's samplers with its parameters. */
export type SamplerStage =
  | { kind: 'penalties'; history: readonly number[]; repetition: number; frequency: number; presence: number }
  | { kind: 'bias'; biases: readonly (readonly [token: number, bias: number])[] }
  | { kind: 'top-k'; k: number }
  | { kind: 'top-p'; p: number }
  | { kind: 'min-p'; p: number }
  | { kind: 'temperature'; temperature: number }

const bytesPerCandidate = 12

/** libllama's own samplers: the independent implementation that the engine's sampling is checked against. */
export class ReferenceSampler {
  readonly #llama: LlamaFunctions

  constructor(ggml: Ggml) {
    this.#llama = llamaFunctions(ggml)
  }

  /** Applies samplers one after the other to logits (one per token). @returns the logits of the tokens that are left */
  apply(logits: Float32Array, stages: readonly SamplerStage[]): Map<number, number> {
    const data = koffi.alloc('uint8_t', logits.length * bytesPerCandidate) as unknown as bigint
    try {
      const view = new DataView(koffi.view(data, logits.length * bytesPerCandidate))
      logits.forEach((logit, token) => {
        view.setInt32(token * bytesPerCandidate, token, true)
        view.setFloat32(token * bytesPerCandidate + 4, logit, true)
        view.setFloat32(token * bytesPerCandidate + 8, 0, true)
      })
      const candidates = { data, size: logits.length, selected: -1, sorted: false }
      for (const stage of stages) {
        const sampler = this.#make(stage, logits.length)
        this.#llama.samplerApply(sampler, candidates)
        this.#llama.samplerFree(sampler)
      }
      const count = Number(candidates.size)
      return new Map(Array.from({ length: count }, (_, place) => [view.getInt32(place * bytesPerCandidate, true), view.getFloat32(place * bytesPerCandidate + 4, true)]))
    } finally {
      koffi.free(data)
    }
  }

  #make(stage: SamplerStage, vocabulary: number): bigint {
    const llama = this.#llama
    if (stage.kind === 'top-k') return llama.samplerTopK(stage.k)
    if (stage.kind === 'top-p') return llama.samplerTopP(stage.p, 1)
    if (stage.kind === 'min-p') return llama.samplerMinP(stage.p, 1)
    if (stage.kind === 'temperature') return llama.samplerTemperature(stage.temperature)
    if (stage.kind === 'bias') {
      const bytes = new DataView(new ArrayBuffer(8 * stage.biases.length))
      stage.biases.forEach(([token, bias], index) => {
        bytes.setInt32(8 * index, token, true)
        bytes.setFloat32(8 * index + 4, bias, true)
      })
      return llama.samplerBias(vocabulary, stage.biases.length, new Uint8Array(bytes.buffer))
    }
    if (stage.history.some((token) => token < 0 || token >= vocabulary)) throw new InputError('TOKEN_RANGE', 'a token of the history is not in the vocabulary')
    const sampler = llama.samplerPenalties(vocabulary, Math.max(1, stage.history.length), stage.repetition, stage.frequency, stage.presence)
    for (const token of stage.history) llama.samplerAccept(sampler, token)
    return sampler
  }
}
