import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { fail } from '@openledger/protocol'
import type { Adapter } from '../adapter/Adapter.ts'
import type { Model } from '../model/Model.ts'
import { AdamW } from './AdamW.ts'
import { adapterFromParameters } from './AdapterParameters.ts'
import { AdapterModel } from './AdapterModel.ts'
import { fullAdapterRecipe, type AdapterRecipe } from './AdapterRecipe.ts'
import { readCheckpoint, writeCheckpoint } from './Checkpoint.ts'
import { clipExamples } from './clipExamples.ts'
import { clipFactor, gradientNorm } from './clipFactor.ts'
import { ContributionLedger } from './ContributionLedger.ts'
import { exampleOrder } from './exampleOrder.ts'
import { FrozenBase } from './FrozenBase.ts'
import { initialAdapter } from './initialAdapter.ts'
import { learningRateAt } from './learningRate.ts'
import { loraLayout, type LoraLayout } from './LoraLayout.ts'
import { meanLoss } from './meanLoss.ts'
import type { TrainingOptions } from './pretrain.ts'
import { ProgressClock } from './ProgressClock.ts'
import { StepGradients } from './StepGradients.ts'
import { checkExamples, type TrainingExample } from './TrainingExample.ts'

export type AdapterTrainingOptions = Omit<TrainingOptions, 'workers'> & {
  /** Held-out examples whose loss is measured every `evaluateEvery` steps and at the end. */
  evaluation?: readonly TrainingExample[]
  /** Number of contributors; default one more than the largest group. */
  contributors?: number
}

export type AdapterTrainingResult = {
  /** The trained adapter, ready to be served or written as a PEFT folder. */
  adapter: Adapter
  recipe: AdapterRecipe
  layout: LoraLayout
  /** θ_T, flat in canonical order. */
  weights: Float32Array
  /** θ_0. */
  initial: Float32Array
  /** First-order trajectory influence with AdamW preconditioning: r_a per contributor, in canonical order (see `ContributionLedger`). */
  contributions: Float32Array[]
  /** Movement by weight decay; Σ_a contributions + decay = weights − initial, up to rounding. */
  decay: Float32Array
  influenceMethod: 'trajectory'
  /** Loss of every step, in nats per supervised token. */
  losses: number[]
  /** Loss on the evaluation split at the end. */
  evaluationLoss?: number
  /** Loss over all training examples, before and after. */
  lossBase: number
  lossFinal: number
  steps: number
}

/**
 * Trains a LoRA adapter on a frozen model with masked cross entropy, and books every update to the contributors who caused it.
 * The same model file, examples, recipe and ggml build give the same bytes, interrupted and resumed or not, with any number of
 * threads. Gives the event loop a turn after each step. Borrows the model, which must not generate meanwhile on this thread.
 * Throws `EXAMPLE_*`, `RECIPE`, `TRAINING_STOPPED` (by `signal`; resumable), `TRAINING_DIVERGED`, `CHECKPOINT_DAMAGED`.
 */
export async function trainAdapter(
  model: Model,
  examples: readonly TrainingExample[],
  recipe: Partial<AdapterRecipe>,
  options: AdapterTrainingOptions = {},
): Promise<AdapterTrainingResult> {
  const plan = fullAdapterRecipe(recipe)
  const longest = Math.min(plan.maxLength, model.config.context)
  checkExamples(examples, model.config.vocabulary, longest)
  if (options.evaluation) checkExamples(options.evaluation, model.config.vocabulary, longest)
  const contributors = options.contributors ?? 1 + examples.reduce((most, example) => Math.max(most, example.group), 0)
  const layout = loraLayout(model.config, (_, module) => (plan.targets.includes(module) ? { rank: plan.rank, scale: plan.alpha / plan.rank } : undefined))
  const stepsPerPass = Math.ceil(examples.length / plan.batchSize)
  const steps = plan.steps ?? plan.epochs * stepsPerPass

  const run = runHash(model, examples, plan, contributors)
  const path = options.checkpointDir === undefined ? undefined : join(options.checkpointDir, 'adapter.checkpoint')
  const saved = path === undefined ? undefined : readCheckpoint(path, run)
  const initial = initialAdapter(layout, plan.seed)
  const weights = saved?.arrays.weights ?? initial.slice()
  const optimizer = new AdamW(layout.size, plan)
  const ledger = new ContributionLedger(contributors, layout.size)
  const losses = saved?.numbers.losses ?? []
  const arrays: Record<string, Float32Array> = { weights, first: optimizer.first, second: optimizer.second, decay: ledger.decay }
  ledger.contributions.forEach((array, a) => (arrays[`contribution${a}`] = array))
  ledger.moments.forEach((array, a) => (arrays[`moment${a}`] = array))
  if (saved) {
    for (const [name, array] of Object.entries(arrays)) if (name !== 'weights') array.set(saved.arrays[name])
    optimizer.steps = saved.step
  }
  const save = () => path && writeCheckpoint(path, { run, step: optimizer.steps, numbers: { losses }, arrays })

  const base = new FrozenBase(model, plan.precision)
  const adapted = new AdapterModel(base, layout, weights)
  const gradients = new StepGradients(layout.size, contributors)
  const order = exampleOrder(examples, plan)
  const clock = new ProgressClock(options.now ?? (() => performance.now()), steps - optimizer.steps)
  try {
    let evaluationLoss: number | undefined
    for (let step = optimizer.steps; step < steps; step++) {
      if (options.signal?.aborted) {
        save()
        fail('TRAINING_STOPPED', `the run was stopped at step ${step}`, { action: 'retry', fix: 'start it again with the same checkpoint folder to go on' })
      }
      const batch = plan.exampleClip === undefined ? order(step) : clipExamples(adapted, order(step), plan.microTokens, plan.exampleClip)
      const { loss, tokens } = gradients.compute(adapted, batch, plan.microTokens)
      const norm = gradientNorm(gradients.total)
      if (!Number.isFinite(norm)) fail('TRAINING_DIVERGED', `the gradient of step ${step} is not finite`, { action: 'stop', fix: 'use a lower learning rate' })
      const scale = clipFactor(norm, plan.clipNorm)
      const learningRate = learningRateAt(plan, step, steps)
      const before = plan.weightDecay === 0 ? undefined : weights.slice()
      optimizer.step(weights, gradients.total, learningRate, scale)
      ledger.book(optimizer, gradients.byGroup, learningRate, scale, before)
      adapted.upload()
      losses.push(loss)
      const last = step + 1 === steps
      const measured = options.evaluation && (last || (step + 1) % plan.evaluateEvery === 0)
      if (measured) evaluationLoss = meanLoss(adapted, options.evaluation!, plan.microTokens, 'measure')
      if (last || (step + 1) % plan.checkpointEvery === 0) save()
      await options.onProgress?.({
        ...{ step: step + 1, steps, loss, learningRate, gradientNorm: norm, ...clock.tick(tokens) },
        evaluationLoss: measured ? evaluationLoss : undefined,
      })
      await new Promise((resolve) => setImmediate(resolve))
    }
    if (options.evaluation) evaluationLoss ??= meanLoss(adapted, options.evaluation, plan.microTokens, 'measure') // resumed after the last step
    const lossBase = meanLoss(adapted, examples, plan.microTokens, 'base')
    const lossFinal = meanLoss(adapted, examples, plan.microTokens, 'measure')
    const { contributions, decay } = ledger
    const adapter = adapterFromParameters({ layout, weights }, plan, model)
    return { adapter, recipe: plan, layout, weights, initial, contributions, decay, influenceMethod: 'trajectory', losses, evaluationLoss, lossBase, lossFinal, steps }
  } finally {
    adapted.dispose()
    base.dispose()
  }
}

function runHash(model: Model, examples: readonly TrainingExample[], plan: AdapterRecipe, contributors: number): string {
  const { checkpointEvery: _c, evaluateEvery: _e, ...deciding } = plan
  const listed = examples.map((e) => [Array.from(e.tokens), e.supervisedFrom, e.group, e.weight ?? 1])
  return createHash('sha256').update(JSON.stringify([model.id, model.backend.ggml.build, deciding, contributors, listed])).digest('hex')
}
