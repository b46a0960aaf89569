import type { GeneratedToken } from '@openledger/engine'
import type { Answer } from '../inference/AnswerPipeline.ts'

/** How an answer ended. */
export type AnswerEnd = { answer: Answer } | { error: unknown }

/** One of the answers in the making. */
export type AnswerStream = {
  /** Takes the tokens, each with the text that became certain with it, that came since they were last taken. */
  take(): readonly GeneratedToken[]
  /** Undefined while more tokens can come. */
  end(): AnswerEnd | undefined
}

/** Answers in the making: their tokens as they come, and what they are in the end. */
export type AnswerStreams = {
  /** Resolves when a first token is there or an answer is complete; rejects when one fails before. */
  begun: Promise<void>
  streams: readonly AnswerStream[]
  /** Resolves when something has happened since it last did: a token came, or an answer ended. */
  changed(): Promise<void>
  /** Keeps no more tokens: nobody reads on. */
  close(): void
}

/**
 * Runs several answers whose tokens are read while they are made.
 * @param run begins all of them, given for each where its tokens go
 */
export function answerStreams(count: number, run: (onTokens: readonly ((token: GeneratedToken) => void)[]) => readonly Promise<Answer>[]): AnswerStreams {
  const queues = Array.from({ length: count }, (): GeneratedToken[] => [])
  const ends = Array.from({ length: count }, (): AnswerEnd | undefined => undefined)
  let isOpen = true
  let isNew = false
  let wake: () => void = () => undefined
  let begin: () => void = () => undefined
  const tell = (): void => {
    isNew = true
    wake()
  }
  const first = new Promise<void>((resolve) => (begin = resolve))
  const onTokenOf = (queue: GeneratedToken[]) => (token: GeneratedToken) => {
    if (isOpen) queue.push(token)
    begin()
    tell()
  }
  const answers = run(queues.map(onTokenOf))
  const ended = answers.map(async (answer, index) => {
    try {
      ends[index] = { answer: await answer }
    } catch (error) {
      ends[index] = { error }
      throw error
    } finally {
      tell()
    }
  })
  const begun = Promise.race([first, ...ended])
  for (const end of [...ended, begun]) end.catch(() => undefined)
  return {
    begun,
    streams: queues.map((queue, index) => ({ take: () => queue.splice(0), end: () => ends[index] })),
    changed: async () => {
      if (!isNew) await new Promise<void>((resolve) => (wake = resolve))
      isNew = false
    },
    close: () => {
      isOpen = false
      for (const queue of queues) queue.length = 0
    },
  }
}
