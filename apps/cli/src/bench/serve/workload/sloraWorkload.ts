import { RandomStream } from './RandomStream.ts'
import { randomPrompt } from './randomPrompt.ts'
import type { TimedRequest } from './BenchRequest.ts'

/** The parameters of S-LoRA's synthetic workload. */
export type SloraOptions = {
  /** How many adapters there are. */
  adapters: number
  /** Exponent of the popularity: adapter floor(n · U^(1/alpha)); 1 is uniform, smaller is more skewed. */
  alpha: number
  /** Mean arrivals a second. */
  rate: number
  /** Coefficient of variation of the gaps between arrivals; 1 is a Poisson process. */
  cv: number
  seconds: number
  /** Prompt lengths, uniform from the first up to but not including the second. */
  input: readonly [number, number]
  /** Answer lengths, likewise. */
  output: readonly [number, number]
  vocabulary: number
  seed: number
}

/**
 * S-LoRA's workload (Sheng et al. 2023, arXiv 2311.03285, section 7.1): `rate · seconds` requests, adapters by a power law with
 * exponent alpha, gaps between arrivals from a gamma distribution with shape 1/cv² and scale cv²/rate, uniform lengths.
 * The same options give the same requests.
 */
export function sloraWorkload(options: SloraOptions): TimedRequest[] {
  const { adapters, alpha, rate, cv, seconds, input, output, vocabulary, seed } = options
  const [popularity, lengths, gaps] = [1, 2, 3].map((stream) => new RandomStream(seed, stream)) as [RandomStream, RandomStream, RandomStream]
  let at = 0
  return Array.from({ length: Math.floor(rate * seconds) }, (_, index) => {
    at += gaps.gamma(1 / cv ** 2, cv ** 2 / rate)
    const adapter = adapters === 0 ? null : Math.min(adapters - 1, Math.floor(adapters * popularity.uniform() ** (1 / alpha)))
    const prompt = randomPrompt(lengths.integer(...input), vocabulary, seed, index)
    return { adapter, prompt, outputTokens: lengths.integer(...output), atMs: at * 1000 }
  })
}
