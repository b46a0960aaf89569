import { firstTokenBounds, Histogram, interTokenBounds } from './Histogram.ts'
import type { ServingDetail } from './ServingLoad.ts'
import { TopCounts } from './TopCounts.ts'

const reportedPayers = 100

/** How a request can end. */
export type RequestEnd = 'finished' | 'refused' | 'cancelled' | 'deadlineExceeded' | 'failed'

type Counted = Pick<ServingDetail, 'rows' | 'promptTokens' | 'generatedTokens' | RequestEnd | 'firstTokenMs' | 'interTokenMs' | 'bounded' | 'payers' | 'pauses'>

/** What happened since the batcher started. */
export class LoadCounters {
  readonly #ends: Record<RequestEnd, number> = { finished: 0, refused: 0, cancelled: 0, deadlineExceeded: 0, failed: 0 }
  readonly #firstToken = new Histogram(firstTokenBounds)
  readonly #interToken = new Histogram(interTokenBounds)
  /** Twice as many as are reported, so that the last of those are about right. */
  readonly #payers = new TopCounts(2 * reportedPayers)
  readonly #rows = { prompt: 0, decode: 0 }
  readonly #bounded = { met: 0, missed: 0 }
  #promptTokens = 0
  #generatedTokens = 0
  #steps = 0
  #pauses = 0

  get steps(): number {
    return this.#steps
  }

  end(how: RequestEnd): void {
    this.#ends[how] += 1
  }

  start(promptTokens: number): void {
    this.#promptTokens += promptTokens
  }

  step(rows: { prompt: number; decode: number }): void {
    this.#steps += 1
    this.#rows.prompt += rows.prompt
    this.#rows.decode += rows.decode
  }

  /** An answer gave up its slot for a while. */
  pause(): void {
    this.#pauses += 1
  }

  /** @param tokens prompt tokens computed, or tokens generated */
  serve(payer: string, tokens: number): void {
    this.#payers.add(payer, tokens)
  }

  firstToken(ms: number, boundMs: number | undefined): void {
    this.#firstToken.add(ms)
    if (boundMs !== undefined) this.#bounded[ms <= boundMs ? 'met' : 'missed'] += 1
  }

  nextToken(ms: number): void {
    this.#interToken.add(ms)
  }

  generated(tokens: number): void {
    this.#generatedTokens += tokens
  }

  get counts(): Counted {
    return {
      ...this.#ends,
      rows: { ...this.#rows },
      promptTokens: this.#promptTokens,
      generatedTokens: this.#generatedTokens,
      firstTokenMs: this.#firstToken.counts,
      interTokenMs: this.#interToken.counts,
      bounded: { ...this.#bounded },
      pauses: this.#pauses,
      payers: this.#payers.top(reportedPayers).map(({ key, sum }) => ({ payer: key, tokens: sum })),
    }
  }
}
