import type { LanguageModelV3FinishReason, LanguageModelV3Usage } from '@ai-sdk/provider'
import type { AnswerView } from '@openledger/sdk'

/** Why an answer ended, in the words of the AI SDK. */
export function finishReasonOf(raw: string | null | undefined): LanguageModelV3FinishReason {
  return { unified: raw === 'stop' || raw === 'length' ? raw : 'other', raw: raw ?? undefined }
}

/** Tokens as they are charged. */
export function usageOf({ inputTokens: input, outputTokens: output, fee }: AnswerView): LanguageModelV3Usage {
  return {
    inputTokens: { total: input, noCache: input, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: output, text: output, reasoning: undefined },
    raw: { inputTokens: input, outputTokens: output, fee },
  }
}
