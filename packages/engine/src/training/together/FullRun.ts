import { AdapterModel } from '../AdapterModel.ts'
import type { AdapterRecipe } from '../AdapterRecipe.ts'
import { clipExamples } from '../clipExamples.ts'
import type { FrozenBase } from '../FrozenBase.ts'
import type { LoraLayout } from '../LoraLayout.ts'
import { StepGradients } from '../StepGradients.ts'
import type { TrainingExample } from '../TrainingExample.ts'
import { fullCoalition } from './Coalition.ts'
import { CoalitionState } from './CoalitionState.ts'

/** The coalition of all contributors, computed as `trainAdapter` computes it, with gradients by contributor. Disposed by its maker. */
export class FullRun {
  readonly state: CoalitionState
  readonly gradients: StepGradients
  private readonly adapted: AdapterModel
  private readonly microTokens: number

  constructor(base: FrozenBase, layout: LoraLayout, contributors: number, initial: Float32Array, plan: AdapterRecipe) {
    this.state = new CoalitionState(fullCoalition(contributors), initial, plan)
    this.gradients = new StepGradients(layout.size, contributors)
    this.adapted = new AdapterModel(base, layout, this.state.weights)
    this.microTokens = plan.microTokens
  }

  /** Clips outliers of a batch (see `clipExamples`) at the present parameters. */
  clip(batch: readonly TrainingExample[], multiple: number): TrainingExample[] {
    this.adapted.upload()
    return clipExamples(this.adapted, batch, this.microTokens, multiple)
  }

  /** Computes the gradient of a step, and those of a part of it by contributor. */
  compute(batch: readonly TrainingExample[], part?: readonly TrainingExample[]): { loss: number; tokens: number } {
    this.adapted.upload()
    const result = this.gradients.compute(this.adapted, batch, this.microTokens, part && new Set(part))
    this.state.gradient.set(this.gradients.total)
    return result
  }

  dispose(): void {
    this.adapted.dispose()
  }
}
