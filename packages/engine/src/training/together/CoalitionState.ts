import { fail } from '@openledger/protocol'
import { AdamW, type AdamWOptions } from '../AdamW.ts'
import { clipFactor, gradientNorm } from '../clipFactor.ts'
import type { Coalition } from './Coalition.ts'

/** One coalition in training: its parameters, its optimiser, and the gradient of the present step, flat in canonical order. */
export class CoalitionState {
  readonly coalition: Coalition
  readonly weights: Float32Array
  readonly optimizer: AdamW
  readonly gradient: Float32Array

  constructor(coalition: Coalition, initial: Float32Array, options: AdamWOptions) {
    this.coalition = coalition
    this.weights = initial.slice()
    this.optimizer = new AdamW(initial.length, options)
    this.gradient = new Float32Array(initial.length)
  }

  /** What a checkpoint needs. */
  get arrays(): { weights: Float32Array; first: Float32Array; second: Float32Array } {
    return { weights: this.weights, first: this.optimizer.first, second: this.optimizer.second }
  }

  copyFrom(other: CoalitionState): void {
    this.weights.set(other.weights)
    this.optimizer.first.set(other.optimizer.first)
    this.optimizer.second.set(other.optimizer.second)
    this.optimizer.steps = other.optimizer.steps
  }

  /** Takes the step of `gradient`, clipped by its own norm, which is returned. Throws `TRAINING_DIVERGED`. */
  update(learningRate: number, clipNorm: number): number {
    const norm = gradientNorm(this.gradient)
    if (!Number.isFinite(norm)) {
      fail('TRAINING_DIVERGED', `the gradient of step ${this.optimizer.steps} is not finite`, { action: 'stop', fix: 'use a lower learning rate' })
    }
    this.optimizer.step(this.weights, this.gradient, learningRate, clipFactor(norm, clipNorm))
    return norm
  }
}
