import type { GeneratedToken } from '@openledger/engine'
import type { Clock } from '../config/Clock.ts'
import type { Log } from '../config/Log.ts'
import { errorBody, toLedgerError } from '../requests/errorResponse.ts'
import { type AnswerFormat, type ChunkHead, usageOf } from './answerFormats.ts'
import type { AnswerEnd, AnswerStream, AnswerStreams } from './answerStreams.ts'

/** How one kind of answer is written. */
export type AnswerShape<Logprobs> = {
  prefix: string
  format: AnswerFormat<Logprobs>
  /** Undefined when no log probabilities were asked for. */
  logprobs?: (tokens: Pick<GeneratedToken, 'token' | 'logprob' | 'top'>[], offset: number) => Promise<Logprobs>
  includeUsage: boolean
}

export type StreamChunksOptions = {
  clock: Clock
  log: Log
  /** Tokens that come within so long of the last event are held back and sent together, milliseconds: writing to a socket costs more than a token. Default 4. */
  pauseMs?: number
}

const event = (json: string): string => `data: ${json}\n\n`

/** Writes the chunks of one choice. */
class ChoiceChunks<L> {
  readonly #head: ChunkHead
  readonly #index: number
  readonly #stream: AnswerStream
  readonly #shape: AnswerShape<L>
  /** What stands before and after the text in each event of a token; all else is the same in all of them. */
  readonly #frame: readonly [string, string]
  #sent = 0
  #isClosed = false

  constructor(head: ChunkHead, index: number, stream: AnswerStream, shape: AnswerShape<L>) {
    this.#head = head
    this.#index = index
    this.#stream = stream
    this.#shape = shape
    // No name of a model holds the id: it is drawn for this answer.
    const place = `${head.id} text`
    const [before, after] = event(JSON.stringify(shape.format.delta(head, index, place, null))).split(JSON.stringify(place))
    this.#frame = [before!, after!]
  }

  opening(): string {
    const opening = this.#shape.format.opening(this.#head, this.#index)
    return opening ? event(JSON.stringify(opening)) : ''
  }

  /** The events of the tokens that came; after them what ends the choice. @param end as it was before */
  async next(end: AnswerEnd | undefined): Promise<string> {
    const { format, logprobs } = this.#shape
    let text = ''
    for (const token of this.#stream.take()) {
      if (logprobs) text += event(JSON.stringify(format.delta(this.#head, this.#index, token.text, await logprobs([token], this.#sent))))
      else if (token.text !== '') text += this.#delta(token.text)
      this.#sent += token.text.length
    }
    if (this.#isClosed || !end || 'error' in end) return text
    this.#isClosed = true
    // Text that could have been the beginning of a stop string is certain only now.
    const rest = end.answer.result.text.slice(this.#sent)
    return `${text}${rest === '' ? '' : this.#delta(rest)}${event(JSON.stringify(format.closing(this.#head, this.#index, end.answer)))}`
  }

  #delta(text: string): string {
    const [before, after] = this.#frame
    return `${before}${JSON.stringify(text)}${after}`
  }
}

/**
 * The events of a streamed response: the chunks of all choices as they come, usage if it was asked for, and the end, or the error that ended it.
 * What came in the meantime is given at once.
 */
export async function* streamChunks<L>(head: ChunkHead, running: AnswerStreams, shape: AnswerShape<L>, { clock, log, pauseMs = 4 }: StreamChunksOptions): AsyncGenerator<string> {
  const choices = running.streams.map((stream, index) => new ChoiceChunks(head, index, stream, shape))
  let text = choices.map((choice) => choice.opening()).join('')
  let until = -Infinity
  try {
    for (;;) {
      await running.changed()
      const pause = until - clock.now()
      if (pause > 0) await clock.sleep(pause)
      const ends = running.streams.map((stream) => stream.end())
      for (const [index, choice] of choices.entries()) text += await choice.next(ends[index])
      for (const end of ends) if (end && 'error' in end) throw end.error as Error
      const answers = ends.flatMap((end) => (end && 'answer' in end ? [end.answer] : []))
      const isOver = answers.length === ends.length
      if (isOver && shape.includeUsage) text += event(JSON.stringify(shape.format.usage(head, usageOf(answers))))
      if (isOver) text += event('[DONE]')
      if (text === '') continue
      until = clock.now() + pauseMs
      yield text
      if (isOver) return
      text = ''
    }
  } catch (error) {
    yield text + event(JSON.stringify(errorBody(toLedgerError(error, log))))
  } finally {
    running.close()
  }
}
