import type { Session } from '../context/Session.ts'
import type { SpendingLimit } from './SpendingLimit.ts'

/** What the tools work with. */
export type McpContext = {
  session: Session
  limit: SpendingLimit
  /** The name of the key that pays. */
  payer: string
  /** The model that answers when none is named; default: see chooseModel. */
  model?: string
  /** Tokens of an answer when the caller names no limit. */
  maxTokens: number
  /** How long to wait until it is known whose data shaped an answer, milliseconds. */
  attributionMs: number
}
