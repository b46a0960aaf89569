import type { GeneratedToken } from '@openledger/engine'
import type { Log } from '../config/Log.ts'
import { errorBody, toLedgerError } from '../requests/errorResponse.ts'
import { type AnswerFormat, type ChunkHead, usageOf } from './answerFormats.ts'
import type { AnswerStream } from './answerStream.ts'
import { mergeStreams } from './mergeStreams.ts'

/** How one kind of answer is written. */
export type AnswerShape<Logprobs> = {
  prefix: string
  format: AnswerFormat<Logprobs>
  /** Undefined when no log probabilities were asked for. */
  logprobs?: (tokens: Pick<GeneratedToken, 'token' | 'logprob' | 'top'>[], offset: number) => Promise<Logprobs>
  includeUsage: boolean
}

async function* choiceChunks<L>(head: ChunkHead, index: number, running: AnswerStream, { format, logprobs }: AnswerShape<L>): AsyncGenerator<string> {
  const opening = format.opening(head, index)
  if (opening) yield JSON.stringify(opening)
  let sent = 0
  for await (const token of running.tokens) {
    if (token.text === '' && !logprobs) continue
    yield JSON.stringify(format.delta(head, index, token.text, logprobs ? await logprobs([token], sent) : null))
    sent += token.text.length
  }
  const answer = await running.answer
  // Text that could have been the beginning of a stop string is certain only now.
  const rest = answer.result.text.slice(sent)
  if (rest !== '') yield JSON.stringify(format.delta(head, index, rest, null))
  yield JSON.stringify(format.closing(head, index, answer))
}

/** The events of a streamed response: the chunks of all choices as they come, usage if it was asked for, and the end, or the error that ended it. */
export async function* streamChunks<L>(head: ChunkHead, running: readonly AnswerStream[], shape: AnswerShape<L>, log: Log): AsyncGenerator<string> {
  try {
    yield* mergeStreams(running.map((stream, index) => choiceChunks(head, index, stream, shape)))
    if (shape.includeUsage) yield JSON.stringify(shape.format.usage(head, usageOf(await Promise.all(running.map(({ answer }) => answer)))))
    yield '[DONE]'
  } catch (error) {
    yield JSON.stringify(errorBody(toLedgerError(error, log)))
  }
}
