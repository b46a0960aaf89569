import { AdamW, type AdamWOptions } from '../AdamW.ts'

/** One coalition in training: its parameters, its optimiser, and the gradient of the present step. */
export class CoalitionState {
  readonly weights: Float32Array
  readonly optimizer: AdamW
  readonly gradient: Float32Array

  constructor(initial: Float32Array, options: AdamWOptions) {
    this.weights = initial.slice()
    this.optimizer = new AdamW(initial.length, options)
    this.gradient = new Float32Array(initial.length)
  }
}
