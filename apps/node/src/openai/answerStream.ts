import type { GeneratedToken } from '@openledger/engine'
import type { Answer } from '../inference/AnswerPipeline.ts'

/** An answer in the making: its tokens as they come, and what it is in the end. */
export type AnswerStream = {
  /** Resolves when the first token is there or the answer is complete; rejects when it fails before. */
  begun: Promise<void>
  /** The tokens with the text that became certain with each. */
  tokens: AsyncIterable<GeneratedToken>
  answer: Promise<Answer>
}

/** Runs an answer whose tokens are read while it is made. */
export function answerStream(run: (onToken: (token: GeneratedToken) => void) => Promise<Answer>): AnswerStream {
  const queue: GeneratedToken[] = []
  let wake: () => void = () => undefined
  let ended = false
  let begin: () => void = () => undefined
  const first = new Promise<void>((resolve) => (begin = resolve))
  const answer = run((token) => {
    queue.push(token)
    begin()
    wake()
  })
  const end = (): void => {
    ended = true
    wake()
  }
  answer.then(end, end)
  const begun = Promise.race([first, answer.then(() => undefined)])
  begun.catch(() => undefined)
  return { begun, answer, tokens: read() }

  async function* read(): AsyncGenerator<GeneratedToken> {
    for (;;) {
      while (queue.length > 0) yield queue.shift()!
      if (ended) return
      await new Promise<void>((resolve) => (wake = resolve))
    }
  }
}

/**
 * Runs several answers whose tokens are read while they are made.
 * @param run begins all of them, given for each where its tokens go
 */
export function answerStreams(count: number, run: (onTokens: readonly ((token: GeneratedToken) => void)[]) => readonly Promise<Answer>[]): AnswerStream[] {
  const onTokens: ((token: GeneratedToken) => void)[] = []
  let begin: (answers: readonly Promise<Answer>[]) => void = () => undefined
  const begun = new Promise<{ answers: readonly Promise<Answer>[] }>((resolve) => (begin = (answers) => resolve({ answers })))
  const streams = Array.from({ length: count }, (_, index) =>
    answerStream(async (onToken) => {
      onTokens.push(onToken)
      return (await begun).answers[index]!
    }),
  )
  const answers = run(onTokens)
  for (const answer of answers) answer.catch(() => undefined)
  begin(answers)
  return streams
}
