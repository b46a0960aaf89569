import { parseOpen, type Hex } from '@openledger/protocol'
import type { NodeApi } from '../../context/NodeApi.ts'
import type { Session } from '../../context/Session.ts'
import { ask } from '../../verbs/ask.ts'

export type TimedAnswer = {
  receiptId: Hex
  text: string
  /** Milliseconds from sending the request to each piece of text. */
  arrivals: number[]
  /** Milliseconds from sending the request to the disturbance; undefined when nothing was disturbed. */
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
  let sent = 0
  const node: NodeApi = {
    ...session.node,
    chat: (...args) => {
      sent = performance.now()
      return session.node.chat(...args)
    },
  }
  const arrivals: number[] = []
  let disturbing: Promise<number | undefined> | undefined
  const onText = (): void => {
    arrivals.push(performance.now() - sent)
    if (arrivals.length > after) disturbing ??= disturb().then((done) => (done ? performance.now() - sent : undefined))
  }
  const { receiptId, text } = await ask({ ...session, node }, { ...question, payer: 'payer', deposit: parseOpen('20'), attributionMs, onText })
  return { receiptId, text, arrivals, disturbedAt: await disturbing }
}

/** The pauses between the pieces of an answer, milliseconds. */
export function pausesOf(arrivals: readonly number[]): number[] {
  return arrivals.slice(1).map((at, index) => at - arrivals[index]!)
}

/** The longest pause that ended after a moment; undefined when no text came after it. */
export function pauseAfter(arrivals: readonly number[], moment: number): number | undefined {
  const pauses = pausesOf(arrivals).filter((_, index) => arrivals[index + 1]! > moment)
  return pauses.length > 0 ? Math.max(...pauses) : undefined
}
