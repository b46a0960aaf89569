import type { HeldOutLosses } from '@openledger/attribution'
import type { Hex } from '@openledger/protocol'

/** One question as it was answered, and all that pay is decided by. Accounts are numbers. */
export type AnsweredQuestion = {
  topic: number
  answerKey: Hex
  /** Of the answer. */
  text: string
  losses: { base: number; tuned: number }
  /** Per atom, as in an attribution document. */
  scores: { exponent: number; values: string[] }
  /** Accounts whose record is the source of a span. */
  witnesses: number[]
  /** Per atom: the sums over its records of two baselines. */
  gradDot: number[]
  dataInf: number[]
}

/** All that was measured on one training, whatever the rules by which it is then paid: plain JSON, kept in the work folder. */
export type Evidence = {
  /** In the order of the scores. */
  atoms: { account: number; trainingWeight: number }[]
  heldOut: HeldOutLosses | null
  answers: AnsweredQuestion[]
  /** Mean loss of the examples after training, in nats per token. */
  training: { steps: number; loss: number; seconds: number }
}
