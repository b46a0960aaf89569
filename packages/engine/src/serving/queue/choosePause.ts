import type { Active } from '../Ticket.ts'

/** What decides whose answer holds a slot when there are too few. */
export type PauseRules = {
  /** Virtual tokens that a payer was served. */
  counterOf: (payer: string) => number
  /** How far, in virtual tokens, a payer must be ahead of another for its answer to make way. */
  slack: number
  /** How long an answer may pause in all. */
  pauseMs: number
}

/**
 * The running answer that makes way for a request of a payer with the counter `least`: of the payer that was served most, the one
 * that came last. Null when all payers are within the slack of it, or have paused for long enough.
 */
export function choosePause(running: Iterable<Active>, least: number, { counterOf, slack, pauseMs }: PauseRules): Active | null {
  let chosen: Active | null = null
  let most = least + slack
  for (const active of running) {
    const counter = counterOf(active.ticket.payer)
    if (counter < most || active.pausedMs >= pauseMs) continue
    if (counter === most && !(chosen && active.ticket.arrivedMs >= chosen.ticket.arrivedMs)) continue
    chosen = active
    most = counter
  }
  return chosen
}

/**
 * The answer that goes on when a slot is free: who has paused for too long, then the one of the payer that was served least. Null when
 * the request of a payer with the counter `waiting` is to have the slot, since all that pause are ahead of it by more than the slack.
 */
export function chooseGoOn(paused: Iterable<Active>, waiting: number, nowMs: number, { counterOf, slack, pauseMs }: PauseRules): Active | null {
  let chosen: Active | null = null
  let least = waiting + slack
  for (const active of paused) {
    if (active.pausedMs + nowMs - active.pausedSince! >= pauseMs) return active
    const counter = counterOf(active.ticket.payer)
    if (counter > least || (chosen && counter === least)) continue
    chosen = active
    least = counter
  }
  return chosen
}
