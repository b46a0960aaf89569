import type { StepTimes } from './StepTimes.ts'

/** What a sequence still has to do, as far as one can tell. */
export type Work = {
  /** Prompt tokens to compute. */
  promptRows: number
  /** Tokens to generate. */
  answerTokens: number
}

export type Outlook = {
  /** Sequences that may be computed at once. */
  slots: number
  /** Prompt rows that a step takes while answers are in progress. */
  promptRows: number
  running: readonly Work[]
  /** Requests that will be served before this one, in order. */
  ahead: readonly Work[]
  /** The request that is asked about: prompt tokens that it has to compute. */
  ownRows: number
  /** Until its adapters are there, counted from now. */
  loadMs: number
  times: StepTimes
}

/** Beyond this many requests ahead the rest counts by its mean: a forecast must not cost more than a step. */
const mostSimulated = 512

/**
 * Expected milliseconds until a request's first token, by walking through the slots: each becomes free when its sequence is done, the
 * requests ahead take them in order, then this one takes the first that is free and has its prompt computed beside what else runs.
 */
export function forecastFirstToken(outlook: Outlook): number {
  const { slots, running, ahead, times } = outlook
  const busy = Math.min(slots, running.length + ahead.length + 1)
  const decodeMs = times.decodeMs(busy)
  const load = loadOf([...running, ...ahead.slice(0, Math.max(0, slots - running.length))], outlook)
  const tokenMs = decodeMs + load
  const service = ({ promptRows, answerTokens }: Work): number => prefillMs(promptRows, decodeMs, outlook) + answerTokens * tokenMs
  const ends = running.map(service).sort((a, b) => a - b)
  const free = Array.from({ length: Math.max(0, slots - ends.length) }, () => 0)
  const queue = [...free, ...ends]
  let at = 0
  const simulated = ahead.slice(0, mostSimulated)
  for (const work of simulated) {
    at = Math.max(at, queue.shift()!)
    insert(queue, at + service(work))
  }
  const rest = ahead.length - simulated.length
  const start = Math.max(at, queue[0]!) + (rest > 0 ? (rest / simulated.length) * at : 0)
  const beside = start > 0 ? 0 : running.reduce((sum, work) => sum + work.promptRows, 0) + simulated.reduce((sum, work) => sum + work.promptRows, 0)
  return Math.max(start, outlook.loadMs) + prefillMs(outlook.ownRows + beside, decodeMs, outlook)
}

/** Milliseconds that prompts add to each step, from the rows that sequences bring for every token that they generate. */
function loadOf(works: readonly Work[], { times, promptRows }: Outlook): number {
  const rows = works.reduce((sum, work) => sum + work.promptRows, 0)
  const tokens = works.reduce((sum, work) => sum + work.answerTokens, 0)
  return tokens > 0 ? Math.min(promptRows, (rows / tokens) * works.length) * times.promptRowMs : 0
}

function prefillMs(rows: number, decodeMs: number, { promptRows, times }: Outlook): number {
  return rows * times.promptRowMs + Math.ceil(rows / promptRows) * decodeMs
}

function insert(sorted: number[], value: number): void {
  let at = sorted.length
  while (at > 0 && sorted[at - 1]! > value) at -= 1
  sorted.splice(at, 0, value)
}
