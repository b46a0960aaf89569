import { parseOpen, type Hex } from '@openledger/protocol'
import type { Session } from '../../context/Session.ts'
import { ask } from '../../verbs/ask.ts'

export type TimedAnswer = {
  receiptId: Hex
  text: string
  /** Milliseconds from the request to each piece of text. */
  arrivals: number[]
  /** Milliseconds from the request to the disturbance; undefined when the answer was over before. */
  disturbedAt: number | undefined
}

export type TimedQuestion = {
  model: string
  question: string
  maxTokens: number
  temperature: number
  /** After how many pieces of text to disturb the answer; default never. */
  after?: number
  /** @returns whether anything was disturbed */
  disturb?: () => Promise<boolean>
  attributionMs?: number
}

/** Asks and pays as a client does, notes when each piece of text came, and disturbs the network in the middle. */
export async function askWhile(session: Session, { after = Infinity, disturb = () => Promise.resolve(false), attributionMs = 0, ...question }: TimedQuestion): Promise<TimedAnswer> {
  const started = performance.now()
  const arrivals: number[] = []
  let disturbing: Promise<number | undefined> | undefined
  const { receiptId, text } = await ask(session, {
    ...question,
    payer: 'payer',
    deposit: parseOpen('20'),
    attributionMs,
    onText: () => {
      arrivals.push(performance.now() - started)
      if (arrivals.length > after) disturbing ??= disturb().then((done) => (done ? performance.now() - started : undefined))
    },
  })
  return { receiptId, text, arrivals, disturbedAt: await disturbing }
}

/** The longest pause that ended after a moment, milliseconds; undefined when no text came after it. */
export function pauseAfter(arrivals: readonly number[], moment: number): number | undefined {
  const pauses = arrivals.slice(1).flatMap((at, index) => (at > moment ? [at - arrivals[index]!] : []))
  return pauses.length > 0 ? Math.max(...pauses) : undefined
}
