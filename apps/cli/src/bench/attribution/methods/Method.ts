import type { QuerySetName } from '../bank/BankSide.ts'
import type { ScoreTable } from '../statistics/Retrained.ts'

/** One way of scoring contributors, on one bank. */
export type Method = {
  name: string
  about: string
  ours: boolean
  /** Scores are in nats: a slope and shares mean something. */
  inNats: boolean
  /** Scores by what was tried: a damping, a constant. One entry where there is nothing to choose. */
  variants: ReadonlyMap<string, Record<QuerySetName, ScoreTable>>
}
