import { UnavailableError } from '@openledger/protocol'
import { Average } from './Average.ts'
import { Calibration } from './Calibration.ts'
import { forecastFirstToken, type Work } from './forecastFirstToken.ts'
import { StepTimes } from './StepTimes.ts'

export type AdmissionOptions = { slots: number; promptRows: number }

/** What stands before a request when it comes. */
export type Ahead = { running: readonly Work[]; waiting: readonly Work[]; ownRows: number; /** Whether its adapters are not there yet. */ cold: boolean }

/** How surely an admitted request shall meet its bound, as far as the past can tell. */
const certainty = 0.9
const shortestRetryMs = 100

/** Predicts how long a request will wait for its first token, learns from what then happens, and refuses what would wait too long. */
export class Admission {
  readonly times = new StepTimes()
  readonly #options: AdmissionOptions
  readonly #calibration = new Calibration(certainty)
  readonly #load = new Average(0.2)
  readonly #answerPart = new Average(0.05)

  constructor(options: AdmissionOptions) {
    this.#options = options
  }

  /** Expected milliseconds until the first token of a request that comes now; 0 while nothing was measured. */
  predict({ running, waiting, ownRows, cold }: Ahead): number {
    return forecastFirstToken({ ...this.#options, running, ahead: waiting, ownRows, loadMs: cold ? (this.#load.value ?? 0) : 0, times: this.times })
  }

  /**
   * Compares a prediction, raised by what predictions were exceeded by lately, with the request's bound.
   * @throws UnavailableError `OVERLOADED` (429) with the time after which the work ahead should be done
   */
  check(predictedMs: number, boundMs: number): void {
    const surely = predictedMs * this.#calibration.ratio
    if (surely <= boundMs) return
    throw overloaded(`the first token would come in about ${Math.ceil(surely)} ms, ${boundMs} are allowed`, surely - boundMs)
  }

  /** Books when a first token came. */
  observeFirstToken(predictedMs: number, measuredMs: number): void {
    this.#calibration.add({ predictedMs, measuredMs })
  }

  /** Books how long a request had to wait for its adapters. */
  observeLoad(ms: number): void {
    this.#load.add(ms)
  }

  /** Books how much of what an answer could take it took. */
  observeAnswer(tokens: number, most: number): void {
    if (most > 0) this.#answerPart.add(tokens / most)
  }

  /** How many tokens an answer of at most `most` is expected to have in the end, of which it has `generated`. */
  expectedAnswer(most: number, fixed: boolean, generated: number): number {
    if (fixed) return most
    const expected = most * (this.#answerPart.value ?? 1)
    // One that is already longer than expected goes on for a while.
    return Math.min(most, Math.max(expected, generated + expected / 4))
  }

  get forecasts(): { recent: Calibration['recent']; ratio: number } {
    return { recent: [...this.#calibration.recent], ratio: this.#calibration.ratio }
  }
}

/** The refusal of a request that comes while there is too much to do. */
export function overloaded(message: string, retryAfterMs: number): UnavailableError {
  return new UnavailableError('OVERLOADED', message, { action: 'retry', status: 429, retryAfterMs: Math.max(shortestRetryMs, Math.ceil(retryAfterMs)), fix: 'try again after the given time' })
}
