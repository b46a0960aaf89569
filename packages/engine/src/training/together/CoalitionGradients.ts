import type { TrainingExample } from '../TrainingExample.ts'
import type { Coalition } from './Coalition.ts'
import type { CoalitionState } from './CoalitionState.ts'

/** Losses of one step, one per coalition, in nats per supervised token; and how many tokens were computed for all coalitions together. */
export type StepLosses = { losses: number[]; tokens: number }

/** A way to compute the gradients of all coalitions on one batch. Owned by the trainer, who disposes it. */
export interface CoalitionGradients {
  /**
   * Writes into each state's `gradient` the gradient at its `weights` of the loss that its coalition sees: the sum over the
   * examples of the whole batch, each times its contributor's weight, by the denominator of the whole batch.
   */
  compute(examples: readonly TrainingExample[], coalitions: readonly Coalition[], states: readonly CoalitionState[]): StepLosses
  dispose(): void
}
