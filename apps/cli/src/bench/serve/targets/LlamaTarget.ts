import { UnavailableError } from '@openledger/protocol'
import type { BenchRequest } from '../workload/BenchRequest.ts'
import type { BenchTarget } from './BenchTarget.ts'

/**
 * A server of llama.cpp, asked over HTTP for whole answers: streaming would cost it more. Each request names one of its adapters, for
 * the bare base with scale 0: where none is named, even by an empty list, the server applies all that it has loaded.
 */
export class LlamaTarget implements BenchTarget {
  readonly name = 'llama.cpp'
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async send(request: BenchRequest, { signal }: { signal: AbortSignal }): Promise<readonly number[]> {
    const response = await fetch(`${this.#url}/completion`, {
      method: 'POST',
      signal,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        prompt: request.prompt,
        n_predict: request.outputTokens,
        ignore_eos: true,
        cache_prompt: false,
        temperature: 0,
        return_tokens: true,
        lora: [request.adapter === null ? { id: 0, scale: 0 } : { id: request.adapter, scale: 1 }],
      }),
    })
    const text = await response.text()
    if (!response.ok) throw new UnavailableError('LLAMA_SERVER', `the server answered ${response.status}: ${text.slice(0, 200)}`)
    return (JSON.parse(text) as { tokens: number[] }).tokens
  }
}
