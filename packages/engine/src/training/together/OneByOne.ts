import { AdapterModel } from '../AdapterModel.ts'
import type { FrozenBase } from '../FrozenBase.ts'
import type { LoraLayout } from '../LoraLayout.ts'
import { StepGradients } from '../StepGradients.ts'
import type { TrainingExample } from '../TrainingExample.ts'
import type { Coalition } from './Coalition.ts'
import type { CoalitionGradients, StepLosses } from './CoalitionGradients.ts'
import type { CoalitionState } from './CoalitionState.ts'

/** Computes the coalitions' gradients one after another, each exactly as `trainAdapter` computes its own. The reference for faster ways. */
export class OneByOne implements CoalitionGradients {
  private readonly adapted: AdapterModel
  private readonly gradients: StepGradients
  private readonly microTokens: number

  constructor(base: FrozenBase, layout: LoraLayout, contributors: number, microTokens: number) {
    this.adapted = new AdapterModel(base, layout, new Float32Array(layout.size))
    this.gradients = new StepGradients(layout.size, contributors)
    this.microTokens = microTokens
  }

  compute(examples: readonly TrainingExample[], coalitions: readonly Coalition[], states: readonly CoalitionState[]): StepLosses {
    let trained = 0
    const losses = states.map(({ weights, gradient }, c) => {
      this.adapted.weights.set(weights)
      this.adapted.upload()
      const { loss, tokens } = this.gradients.compute(this.adapted, examples, this.microTokens)
      trained += tokens
      gradient.fill(0)
      this.gradients.byGroup.forEach((part, a) => {
        const share = coalitions[c].weights[a]
        if (part === undefined || share === 0) return
        for (let i = 0; i < part.length; i++) gradient[i] += share * part[i]
      })
      return loss
    })
    return { losses, tokens: trained }
  }

  dispose(): void {
    this.adapted.dispose()
  }
}
