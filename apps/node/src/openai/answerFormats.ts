import type { AnswerView } from '@openledger/sdk'
import type { Answer } from '../inference/AnswerPipeline.ts'
import type { ChatLogprobs, CompletionLogprobs } from './logprobs.ts'

export type Usage = { prompt_tokens: number; completion_tokens: number; total_tokens: number }

/** What all chunks of one answer share. `choices`: how many answers were asked for. */
export type ChunkHead = { id: string; created: number; model: string; system_fingerprint: string; choices: number }

/** One of the answers to a request, complete. */
export type Choice<Logprobs> = { answer: Answer; logprobs: Logprobs | null }

/**
 * Writes answers and chunks in one of OpenAI's two shapes. A single answer's receipt stands at the top as `openledger`, those of several
 * stand in their choices.
 */
export type AnswerFormat<Logprobs> = {
  whole(head: ChunkHead, choices: readonly Choice<Logprobs>[]): object
  /** The chunk before a choice's first word; undefined where the shape has none. */
  opening(head: ChunkHead, index: number): object | undefined
  delta(head: ChunkHead, index: number, text: string, logprobs: Logprobs | null): object
  /** The last chunk of a choice: why it ended, and the receipt. */
  closing(head: ChunkHead, index: number, answer: Answer): object
  usage(head: ChunkHead, usage: Usage): object
}

/** The token counts of answers, as they are charged: the prompt once for each. */
export function usageOf(answers: readonly Answer[]): Usage {
  const prompt = answers.reduce((sum, { promptTokens }) => sum + promptTokens, 0)
  const completion = answers.reduce((sum, { result }) => sum + result.tokens.length, 0)
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion }
}

type Receipt = AnswerView & { receipt_id: string }
const receiptOf = (view: AnswerView): Receipt => ({ receipt_id: view.receiptId, ...view })
/** Undefined, so that it is not written, where it stands elsewhere. */
const atTop = (head: ChunkHead, { view }: Answer): Receipt | undefined => (head.choices === 1 ? receiptOf(view) : undefined)
const inChoice = (head: ChunkHead, { view }: Answer): Receipt | undefined => (head.choices === 1 ? undefined : receiptOf(view))

const shown = ({ id, created, model, system_fingerprint }: ChunkHead, object: string, choices: readonly object[], usage?: Usage, openledger?: Receipt): object => ({ id, object, created, model, system_fingerprint, choices, usage, openledger })
const usageOfChoices = (choices: readonly { answer: Answer }[]): Usage => usageOf(choices.map(({ answer }) => answer))
const chatChunk = 'chat.completion.chunk'

/** Chat completions. */
export const chatFormat: AnswerFormat<ChatLogprobs> = {
  whole: (head, choices) =>
    shown(
      head,
      'chat.completion',
      choices.map(({ answer, logprobs }, index) => ({
        index,
        message: { role: 'assistant', content: answer.result.text, refusal: null },
        logprobs,
        finish_reason: answer.result.finishReason,
        openledger: inChoice(head, answer),
      })),
      usageOfChoices(choices),
      atTop(head, choices[0]!.answer),
    ),
  opening: (head, index) => shown(head, chatChunk, [{ index, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null }]),
  delta: (head, index, text, logprobs) => shown(head, chatChunk, [{ index, delta: { content: text }, logprobs, finish_reason: null }]),
  closing: (head, index, answer) => shown(head, chatChunk, [{ index, delta: {}, logprobs: null, finish_reason: answer.result.finishReason, openledger: inChoice(head, answer) }], undefined, atTop(head, answer)),
  usage: (head, usage) => shown(head, chatChunk, [], usage),
}

const textObject = 'text_completion'
const textChoice = (index: number, text: string, logprobs: CompletionLogprobs | null, finish: string | null, openledger?: Receipt): object => ({ index, text, logprobs, finish_reason: finish, openledger })

/** Text completions. */
export const completionFormat: AnswerFormat<CompletionLogprobs> = {
  whole: (head, choices) =>
    shown(
      head,
      textObject,
      choices.map(({ answer, logprobs }, index) => textChoice(index, answer.result.text, logprobs, answer.result.finishReason, inChoice(head, answer))),
      usageOfChoices(choices),
      atTop(head, choices[0]!.answer),
    ),
  opening: () => undefined,
  delta: (head, index, text, logprobs) => shown(head, textObject, [textChoice(index, text, logprobs, null)]),
  closing: (head, index, answer) => shown(head, textObject, [textChoice(index, '', null, answer.result.finishReason, inChoice(head, answer))], undefined, atTop(head, answer)),
  usage: (head, usage) => shown(head, textObject, [], usage),
}
