import { EngineHost, type EngineOptions, type ModelInfo } from '@openledger/engine'
import { fail, type Hex, type Sampling, zeroHash } from '@openledger/protocol'
import type { BenchRequest } from '../workload/BenchRequest.ts'
import type { BenchTarget } from './BenchTarget.ts'

/** Greedy, and nothing that would change the likeliest token. */
const greedy: Omit<Sampling, 'maxTokens'> = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, stop: [], seed: zeroHash }

/** This project's engine in the calling process: the computing happens in its own thread. */
export class EngineTarget implements BenchTarget {
  readonly name = 'openledger'
  readonly host: EngineHost
  readonly info: ModelInfo
  readonly #adapters: Hex[] = []

  private constructor(host: EngineHost, info: ModelInfo) {
    this.host = host
    this.info = info
  }

  /** Starts an engine on a model file; the caller closes it. */
  static async open(model: string, options: EngineOptions): Promise<EngineTarget> {
    const host = new EngineHost(options)
    try {
      return new EngineTarget(host, await host.loadModel(model))
    } catch (error) {
      await host.close()
      throw error
    }
  }

  /** How many adapters requests can name. */
  get adapters(): number {
    return this.#adapters.length
  }

  /** The id of the adapter that requests name by `index`. */
  adapterId(index: number): Hex {
    return this.#adapters[index] ?? fail('BENCH_ADAPTER', `request for adapter ${index} of ${this.#adapters.length}`)
  }

  /** Makes adapters known; the first one ever added is number 0. */
  async register(folders: Iterable<string>): Promise<void> {
    for (const folder of folders) this.#adapters.push(await this.host.registerAdapter(folder))
  }

  async send(request: BenchRequest, { signal, onToken }: { signal: AbortSignal; onToken: () => void }): Promise<readonly number[]> {
    const { adapter, prompt, outputTokens, payer, firstTokenMs } = request
    const result = await this.host.generate(
      {
        adapterId: adapter === null ? null : this.adapterId(adapter),
        promptTokens: prompt,
        sampling: { ...greedy, maxTokens: outputTokens },
        ignoreEnd: true,
        // A pass over the vocabulary per token that greedy answers do not need; other servers are not asked for it either.
        logprobs: false,
        ...(payer === undefined ? {} : { payer }),
        ...(firstTokenMs === undefined ? {} : { firstTokenMs }),
      },
      { signal, onToken },
    )
    return result.tokens
  }

  close(): Promise<void> {
    return this.host.close()
  }
}
