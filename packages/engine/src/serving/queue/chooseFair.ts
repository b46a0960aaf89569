/** Something that could be served next: the head of a payer's queue, or of an adapter's inside a payer. */
export type Candidate = {
  /** Virtual tokens that its key was served. */
  counter: number
  /** Milliseconds since its request came or its key was last served, whichever is later. */
  waitMs: number
  /** 0 for the most urgent. */
  rank: number
  /** Whether its adapters are in use, so that serving it costs no place in the window. */
  resident: boolean
  /** Rises with arrival. */
  order: number
}

export type FairBounds = {
  /** How far, in virtual tokens, a key's counter may be above the smallest one and its request still be preferred. */
  slack: number
  /** How long a key that is within the slack may be passed over for another's priority or adapter. */
  ageMs: number
}

/**
 * Chooses who is served next. Only keys within `slack` of the smallest counter take part, so that two keys that wait all along are
 * never further apart than by `slack` and what one key's running requests can use up. Among those: first the one that was passed
 * over for longer than `ageMs`, the longest wait first; then by rank, by whether the adapter is at hand, by counter, by arrival.
 */
export function chooseFair<C extends Candidate>(candidates: readonly C[], { slack, ageMs }: FairBounds): C | null {
  let least = Infinity
  for (const { counter } of candidates) if (counter < least) least = counter
  let best: C | null = null
  for (const candidate of candidates) {
    if (candidate.counter <= least + slack && (!best || goesBefore(candidate, best, ageMs))) best = candidate
  }
  return best
}

function goesBefore(a: Candidate, b: Candidate, ageMs: number): boolean {
  const [agedA, agedB] = [a.waitMs > ageMs, b.waitMs > ageMs]
  if (agedA !== agedB) return agedA
  if (agedA && a.waitMs !== b.waitMs) return a.waitMs > b.waitMs
  if (a.rank !== b.rank) return a.rank < b.rank
  if (a.resident !== b.resident) return a.resident
  if (a.counter !== b.counter) return a.counter < b.counter
  return a.order < b.order
}
