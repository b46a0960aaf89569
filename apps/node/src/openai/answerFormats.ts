import type { AnswerView } from '@openledger/sdk'
import type { Answer } from '../inference/AnswerPipeline.ts'
import type { ChatLogprobs, CompletionLogprobs } from './logprobs.ts'

export type Usage = { prompt_tokens: number; completion_tokens: number; total_tokens: number }

/** What all chunks of one answer share. */
export type ChunkHead = { id: string; created: number; model: string; system_fingerprint: string }

/** Writes answers and chunks in one of OpenAI's two shapes. */
export type AnswerFormat<Logprobs> = {
  whole(head: ChunkHead, answer: Answer, logprobs: Logprobs | null): object
  /** The chunk before the first word; undefined where the shape has none. */
  opening(head: ChunkHead): object | undefined
  delta(head: ChunkHead, text: string, logprobs: Logprobs | null): object
  /** The last chunk: why it ended, and the receipt. */
  closing(head: ChunkHead, answer: Answer): object
  usage(head: ChunkHead, usage: Usage): object
}

/** The token counts of an answer. */
export function usageOf({ promptTokens, result }: Answer): Usage {
  return { prompt_tokens: promptTokens, completion_tokens: result.tokens.length, total_tokens: promptTokens + result.tokens.length }
}

const withReceipt = (view: AnswerView): { openledger: AnswerView & { receipt_id: string } } => ({ openledger: { ...view, receipt_id: view.receiptId } })

const chatHead = (head: ChunkHead) => ({ ...head, object: 'chat.completion.chunk' })

/** Chat completions. */
export const chatFormat: AnswerFormat<ChatLogprobs> = {
  whole: (head, answer, logprobs) => ({
    ...head,
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: answer.result.text, refusal: null }, logprobs, finish_reason: answer.result.finishReason }],
    usage: usageOf(answer),
    ...withReceipt(answer.view),
  }),
  opening: (head) => ({ ...chatHead(head), choices: [{ index: 0, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null }] }),
  delta: (head, text, logprobs) => ({ ...chatHead(head), choices: [{ index: 0, delta: { content: text }, logprobs, finish_reason: null }] }),
  closing: (head, answer) => ({ ...chatHead(head), choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: answer.result.finishReason }], ...withReceipt(answer.view) }),
  usage: (head, usage) => ({ ...chatHead(head), choices: [], usage }),
}

const textHead = (head: ChunkHead) => ({ ...head, object: 'text_completion' })
const textChoice = (text: string, logprobs: CompletionLogprobs | null, finish: string | null) => ({ index: 0, text, logprobs, finish_reason: finish })

/** Text completions. */
export const completionFormat: AnswerFormat<CompletionLogprobs> = {
  whole: (head, answer, logprobs) => ({ ...textHead(head), choices: [textChoice(answer.result.text, logprobs, answer.result.finishReason)], usage: usageOf(answer), ...withReceipt(answer.view) }),
  opening: () => undefined,
  delta: (head, text, logprobs) => ({ ...textHead(head), choices: [textChoice(text, logprobs, null)] }),
  closing: (head, answer) => ({ ...textHead(head), choices: [textChoice('', null, answer.result.finishReason)], ...withReceipt(answer.view) }),
  usage: (head, usage) => ({ ...textHead(head), choices: [], usage }),
}
