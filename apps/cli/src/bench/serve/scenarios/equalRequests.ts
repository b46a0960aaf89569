import type { BenchRequest } from '../workload/BenchRequest.ts'
import { randomPrompt } from '../workload/randomPrompt.ts'
import type { BenchSettings } from './BenchContext.ts'

/** One request per adapter given, all of the same lengths, each with a prompt of its own: the same work whoever does it. */
export function equalRequests(settings: BenchSettings, adapters: readonly (number | null)[], stream: number): BenchRequest[] {
  const { promptTokens, answerTokens, shape, seed } = settings
  return adapters.map((adapter, index) => ({ adapter, prompt: randomPrompt(promptTokens, shape.vocabulary, seed, stream * 100_003 + index), outputTokens: answerTokens }))
}
