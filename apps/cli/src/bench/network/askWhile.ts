import { parseOpen, type Hex } from '@openledger/protocol'
import type { NodeApi } from '../../context/NodeApi.ts'
import type { Session } from '../../context/Session.ts'
import { ask, type AskInput } from '../../verbs/ask.ts'

export type TimedAnswer = {
  receiptId: Hex
  text: string
  /** Milliseconds from sending the request to each piece of text. */
  arrivals: number[]
  /** Milliseconds from sending the request to the disturbance; undefined when nothing was disturbed. */
  disturbedAt: number | undefined
}

export type TimedQuestion = Pick<AskInput, 'question' | 'messages'> & {
  model: string
  maxTokens: number
  temperature: number
  /** Called with the number of pieces of text that came, until it says that it has disturbed the answer. */
  disturb?: (pieces: number) => boolean
  attributionMs?: number
}

/** Asks and pays as a client does, notes when each piece of text came, and disturbs the network in the middle. */
export async function askWhile(session: Session, { disturb = () => false, attributionMs = 0, ...question }: TimedQuestion): Promise<TimedAnswer> {
  let sent = 0
  const node: NodeApi = {
    ...session.node,
    chat: (...args) => {
      sent = performance.now()
      return session.node.chat(...args)
    },
  }
  const arrivals: number[] = []
  let disturbedAt: number | undefined
  const onText = (): void => {
    const now = performance.now() - sent
    arrivals.push(now)
    if (disturbedAt === undefined && disturb(arrivals.length)) disturbedAt = now
  }
  const { receiptId, text } = await ask({ ...session, node }, { ...question, payer: 'payer', deposit: parseOpen('20'), attributionMs, onText })
  return { receiptId, text, arrivals, disturbedAt }
}

/** The longest pause between two pieces of an answer, milliseconds; 0 for an answer of one piece. */
export function longestPause(arrivals: readonly number[]): number {
  return arrivals.slice(1).reduce((longest, at, index) => Math.max(longest, at - arrivals[index]!), 0)
}
