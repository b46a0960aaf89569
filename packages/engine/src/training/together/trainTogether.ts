import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { fail } from '@openledger/protocol'
import type { Model } from '../../model/Model.ts'
import { AdapterModel } from '../AdapterModel.ts'
import { fullAdapterRecipe, type AdapterRecipe } from '../AdapterRecipe.ts'
import { readCheckpoint, writeCheckpoint } from '../Checkpoint.ts'
import { clipExamples } from '../clipExamples.ts'
import { clipFactor, gradientNorm } from '../clipFactor.ts'
import { exampleOrder } from '../exampleOrder.ts'
import { FrozenBase } from '../FrozenBase.ts'
import { initialAdapter } from '../initialAdapter.ts'
import { learningRateAt } from '../learningRate.ts'
import { loraLayout, type LoraLayout } from '../LoraLayout.ts'
import type { TrainingOptions } from '../pretrain.ts'
import { ProgressClock } from '../ProgressClock.ts'
import { checkExamples, type TrainingExample } from '../TrainingExample.ts'
import { checkCoalitions, isFull, type Coalition } from './Coalition.ts'
import { CoalitionState } from './CoalitionState.ts'
import { OneByOne } from './OneByOne.ts'

export type TogetherOptions = Omit<TrainingOptions, 'workers'>

export type TogetherResult = {
  recipe: AdapterRecipe
  layout: LoraLayout
  /** What was trained, in the order given. */
  coalitions: readonly Coalition[]
  /** θ_0, the same for all coalitions. */
  initial: Float32Array
  /** θ_T of each coalition, flat in canonical order. */
  adapters: Float32Array[]
  steps: number
}

/**
 * Trains one adapter per coalition of contributors over one frozen base, so that their differences show what contributors did.
 * All start from the same parameters and see the same batches in the same order; the mean of each batch's loss is by the whole
 * batch's denominator, so leaving a contributor out takes its gradients away and changes nothing else. Each coalition clips by its
 * own norm and has its own AdamW state. The coalition of ones gets the bytes of `trainAdapter`; a coalition's bytes do not depend
 * on those trained beside it, on threads, or on interruptions. Borrows the model, which must not generate meanwhile on this thread.
 * Throws `EXAMPLE_*`, `COALITION_*`, `RECIPE`, `TRAINING_STOPPED` (by `signal`; resumable), `TRAINING_DIVERGED`, `CHECKPOINT_DAMAGED`.
 */
export async function trainTogether(
  model: Model,
  examples: readonly TrainingExample[],
  recipe: Partial<AdapterRecipe>,
  coalitions: readonly Coalition[],
  options: TogetherOptions = {},
): Promise<TogetherResult> {
  const plan = fullAdapterRecipe(recipe)
  checkExamples(examples, model.config.vocabulary, Math.min(plan.maxLength, model.config.context))
  const contributors = Math.max(coalitions[0]?.weights.length ?? 0, 1 + examples.reduce((most, example) => Math.max(most, example.group), 0))
  checkCoalitions(coalitions, contributors)
  const layout = loraLayout(model.config, (_, module) => (plan.targets.includes(module) ? { rank: plan.rank, scale: plan.alpha / plan.rank } : undefined))
  const steps = plan.steps ?? plan.epochs * Math.ceil(examples.length / plan.batchSize)
  const initial = initialAdapter(layout, plan.seed)
  const states = coalitions.map(() => new CoalitionState(initial, plan))

  const run = runHash(model, examples, plan, coalitions)
  const path = options.checkpointDir === undefined ? undefined : join(options.checkpointDir, 'together.checkpoint')
  const arrays: Record<string, Float32Array> = {}
  states.forEach(({ weights, optimizer }, c) => Object.assign(arrays, { [`weights${c}`]: weights, [`first${c}`]: optimizer.first, [`second${c}`]: optimizer.second }))
  const saved = path === undefined ? undefined : readCheckpoint(path, run)
  if (saved) {
    for (const [name, array] of Object.entries(arrays)) array.set(saved.arrays[name])
    for (const { optimizer } of states) optimizer.steps = saved.step
  }
  const save = (step: number): void => {
    if (path !== undefined) writeCheckpoint(path, { run, step, numbers: {}, arrays })
  }

  const from = saved?.step ?? 0
  const order = exampleOrder(examples, plan)
  const clock = new ProgressClock(options.now ?? (() => performance.now()), steps - from)
  const base = new FrozenBase(model, plan.precision)
  // Outliers are found at the parameters of the full coalition and weigh the same in all of them.
  const measured = plan.exampleClip === undefined ? undefined : new AdapterModel(base, layout, states[Math.max(0, coalitions.findIndex(isFull))].weights)
  const clipped = (step: number): TrainingExample[] => {
    const batch = order(step)
    if (measured === undefined || plan.exampleClip === undefined) return batch
    measured.upload()
    return clipExamples(measured, batch, plan.microTokens, plan.exampleClip)
  }
  const gradients = new OneByOne(base, layout, contributors, plan.microTokens)
  try {
    for (let step = from; step < steps; step++) {
      if (options.signal?.aborted) {
        save(step)
        fail('TRAINING_STOPPED', `the run was stopped at step ${step}`, { action: 'retry', fix: 'start it again with the same checkpoint folder to go on' })
      }
      const { losses, tokens } = gradients.compute(clipped(step), coalitions, states)
      const learningRate = learningRateAt(plan, step, steps)
      const norms = states.map(({ weights, optimizer, gradient }) => {
        const norm = gradientNorm(gradient)
        if (!Number.isFinite(norm)) fail('TRAINING_DIVERGED', `the gradient of step ${step} is not finite`, { action: 'stop', fix: 'use a lower learning rate' })
        optimizer.step(weights, gradient, learningRate, clipFactor(norm, plan.clipNorm))
        return norm
      })
      if (step + 1 === steps || (step + 1) % plan.checkpointEvery === 0) save(step + 1)
      await options.onProgress?.({ step: step + 1, steps, loss: losses[0], learningRate, gradientNorm: norms[0], ...clock.tick(tokens) })
      await new Promise((resolve) => setImmediate(resolve))
    }
    return { recipe: plan, layout, coalitions, initial, adapters: states.map(({ weights }) => weights), steps }
  } finally {
    gradients.dispose()
    measured?.dispose()
    base.dispose()
  }
}

function runHash(model: Model, examples: readonly TrainingExample[], plan: AdapterRecipe, coalitions: readonly Coalition[]): string {
  const { checkpointEvery: _c, evaluateEvery: _e, ...deciding } = plan
  const listed = examples.map((e) => [Array.from(e.tokens), e.supervisedFrom, e.group, e.weight ?? 1])
  const content = [model.id, model.backend.ggml.build, deciding, coalitions.map(({ weights }) => weights), listed]
  return createHash('sha256').update(JSON.stringify(content)).digest('hex')
}
