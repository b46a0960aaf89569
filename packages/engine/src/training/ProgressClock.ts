/** What a training run reports after each step. */
export type TrainingProgress = {
  /** Steps done. */
  step: number
  steps: number
  /** Mean negative log-likelihood per supervised token of this step, in nats. */
  loss: number
  learningRate: number
  /** Norm of the gradient before clipping. */
  gradientNorm: number
  tokensPerSecond: number
  etaSeconds: number
  /** Memory of the whole process. */
  memoryBytes: number
  /** Loss on the evaluation split, on the steps that measured it. */
  evaluationLoss?: number
}

/** Turns times and token counts into tokens per second and time left, over this process's share of the run. */
export class ProgressClock {
  private readonly now: () => number
  private readonly start: number
  private readonly steps: number
  private done = 0
  private tokens = 0

  /** @param now milliseconds; @param remaining steps still to do when the clock starts */
  constructor(now: () => number, remaining: number) {
    this.now = now
    this.start = now()
    this.steps = remaining
  }

  tick(tokens: number): Pick<TrainingProgress, 'tokensPerSecond' | 'etaSeconds' | 'memoryBytes'> {
    this.done++
    this.tokens += tokens
    const seconds = Math.max(1e-6, (this.now() - this.start) / 1000)
    return {
      tokensPerSecond: this.tokens / seconds,
      etaSeconds: (seconds / this.done) * (this.steps - this.done),
      memoryBytes: process.memoryUsage().rss,
    }
  }
}
