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
