import type { GenerateRequest } from '@openledger/engine'

/** The sampling parameters that both kinds of server call by the same names. */
export function samplingFields({ sampling, ignoreEnd }: GenerateRequest): { [key: string]: unknown } {
  const { presencePenalty, frequencyPenalty, logitBias } = sampling
  return {
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    min_p: sampling.minP,
    repetition_penalty: sampling.repetitionPenalty,
    ...(sampling.stop.length > 0 ? { stop: sampling.stop } : {}),
    ...(presencePenalty ? { presence_penalty: presencePenalty } : {}),
    ...(frequencyPenalty ? { frequency_penalty: frequencyPenalty } : {}),
    ...(logitBias && logitBias.length > 0 ? { logit_bias: Object.fromEntries(logitBias) } : {}),
    ...(ignoreEnd ? { ignore_eos: true } : {}),
  }
}
