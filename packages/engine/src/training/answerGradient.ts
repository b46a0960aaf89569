import { fail } from '@openledger/protocol'
import type { Adapter } from '../adapter/Adapter.ts'
import type { Model } from '../model/Model.ts'
import { AdapterModel } from './AdapterModel.ts'
import { adapterParameters } from './AdapterParameters.ts'
import { baseProbabilities } from './baseProbabilities.ts'
import { FrozenBase } from './FrozenBase.ts'
import { meanGradient, pathWeights, type GradientPath } from './GradientPath.ts'
import { meanLoss } from './meanLoss.ts'
import { StepGradients } from './StepGradients.ts'
import { checkExamples, type TrainingExample } from './TrainingExample.ts'

export type AnswerGradient = {
  /** Gradient of `loss` with respect to all LoRA parameters, in canonical order; with a path, its mean over the path's points. */
  gradient: Float32Array
  /** Mean negative log-likelihood of the answer's tokens with the adapter, in nats. */
  loss: number
  /** The same without the adapter. */
  lossBase: number
  /** What the bare base gives each of the answer's tokens, between 0 and 1. */
  baseProbabilities: Float32Array
}

/**
 * Computes gradients of answers for one model; keeps transposed weights and graphs between calls, and the last adapter uploaded.
 * Borrows the model; disposed by its maker.
 */
export class AnswerGradients {
  private readonly base: FrozenBase
  private adapter: AdapterModel | undefined
  private uploaded: Adapter | undefined
  private gradients: StepGradients | undefined

  constructor(model: Model) {
    this.base = new FrozenBase(model, 'f32')
  }

  /**
   * Backward pass of one answer: the gradient of its mean negative log-likelihood at the adapter's weights.
   * Computes with the weights as they are stored and F32 gradients; deterministic for one ggml build, whatever the threads.
   * @param tokens prompt and answer; @param supervisedFrom index of the answer's first token
   * @param path take the gradient along this path instead of at the adapter's weights; the losses stay those of the adapter and the base
   */
  compute(adapter: Adapter, tokens: ArrayLike<number>, supervisedFrom: number, path?: GradientPath): AnswerGradient {
    const example = this.example(tokens, supervisedFrom)
    const uploaded = this.upload(adapter)
    const { probabilities, loss: lossBase } = baseProbabilities(uploaded, example)
    const base = { lossBase, baseProbabilities: probabilities }
    if (path) return { gradient: this.along(uploaded, path, example), loss: meanLoss(uploaded, [example], tokens.length, 'measure'), ...base }
    const { loss } = this.gradients!.compute(uploaded, [example], tokens.length)
    return { gradient: this.gradients!.total.slice(), loss, ...base }
  }

  /**
   * Losses of one answer at other weights than the adapter's: θ − m for each movement m. Forward passes only.
   * @param movements flat in canonical order; not kept
   * @returns mean negative log-likelihood per answer token, in nats, one per movement
   */
  lossesAfter(adapter: Adapter, tokens: ArrayLike<number>, supervisedFrom: number, movements: readonly Float32Array[]): number[] {
    const example = this.example(tokens, supervisedFrom)
    const uploaded = this.upload(adapter)
    const tuned = uploaded.weights.slice()
    try {
      return movements.map((movement) => {
        if (movement.length !== tuned.length) fail('GRADIENT_PATH', `a movement has ${movement.length} parameters, the adapter ${tuned.length}`, { field: 'movements' })
        for (let i = 0; i < tuned.length; i++) uploaded.weights[i] = tuned[i] - movement[i]
        uploaded.upload()
        return meanLoss(uploaded, [example], tokens.length, 'measure')
      })
    } finally {
      uploaded.weights.set(tuned)
      uploaded.upload()
    }
  }

  private example(tokens: ArrayLike<number>, supervisedFrom: number): TrainingExample {
    const example: TrainingExample = { tokens, supervisedFrom, group: 0 }
    checkExamples([example], this.base.shape.vocab, this.base.shape.ctx)
    return example
  }

  private upload(adapter: Adapter): AdapterModel {
    if (this.adapter === undefined || this.uploaded !== adapter) {
      const { layout, weights } = adapterParameters(adapter, this.base.model)
      this.adapter?.dispose()
      this.adapter = new AdapterModel(this.base, layout, weights)
      this.gradients = new StepGradients(layout.size, 1)
      this.uploaded = adapter
    }
    return this.adapter
  }

  private along(adapter: AdapterModel, path: GradientPath, example: TrainingExample): Float32Array {
    const tuned = adapter.weights.slice()
    try {
      return meanGradient(
        pathWeights(tuned, path).map((weights) => {
          adapter.weights.set(weights)
          adapter.upload()
          this.gradients!.compute(adapter, [example], example.tokens.length)
          return this.gradients!.total.slice()
        }),
      )
    } finally {
      adapter.weights.set(tuned)
      adapter.upload()
    }
  }

  dispose(): void {
    this.adapter?.dispose()
    this.base.dispose()
  }
}

const known = new WeakMap<Model, AnswerGradients>()

function keptFor(model: Model): AnswerGradients {
  let gradients = known.get(model)
  if (gradients === undefined) known.set(model, (gradients = new AnswerGradients(model)))
  return gradients
}

/** {@link AnswerGradients.compute} with state kept per model, which is freed by `releaseAnswerGradients`. */
export function answerGradient(model: Model, adapter: Adapter, tokens: ArrayLike<number>, supervisedFrom: number, path?: GradientPath): AnswerGradient {
  return keptFor(model).compute(adapter, tokens, supervisedFrom, path)
}

/** {@link AnswerGradients.lossesAfter} with the same state. */
export function answerLossesAfter(model: Model, adapter: Adapter, tokens: ArrayLike<number>, supervisedFrom: number, movements: readonly Float32Array[]): number[] {
  return keptFor(model).lossesAfter(adapter, tokens, supervisedFrom, movements)
}

/** Frees what `answerGradient` keeps for a model; call it before the model is disposed. */
export function releaseAnswerGradients(model: Model): void {
  known.get(model)?.dispose()
  known.delete(model)
}
