import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { fail } from '@openledger/protocol'
import type { Model } from '../../model/Model.ts'
import { fullAdapterRecipe, type AdapterRecipe } from '../AdapterRecipe.ts'
import { readCheckpoint, writeCheckpoint } from '../Checkpoint.ts'
import { exampleOrder } from '../exampleOrder.ts'
import { FrozenBase } from '../FrozenBase.ts'
import { initialAdapter } from '../initialAdapter.ts'
import { learningRateAt } from '../learningRate.ts'
import { loraLayout, type LoraLayout } from '../LoraLayout.ts'
import { supervisedWeight } from '../microBatches.ts'
import type { TrainingOptions } from '../pretrain.ts'
import { ProgressClock } from '../ProgressClock.ts'
import { checkExamples, type TrainingExample } from '../TrainingExample.ts'
import { checkCoalitions, isFull, type Coalition } from './Coalition.ts'
import { CoalitionState } from './CoalitionState.ts'
import { ControlVariate } from './ControlVariate.ts'
import { FullRun } from './FullRun.ts'
import { graphTokensFor } from './graphTokensFor.ts'
import { JointGradients } from './JointGradients.ts'

export type TogetherOptions = Omit<TrainingOptions, 'workers'> & {
  /** Compute only this random part of each batch for the coalitions, and estimate the rest from the full run (see `ControlVariate`). Default: exact. */
  subsample?: number
  /** Most tokens of a graph of several coalitions; decides memory and speed alone. Default by the model's size. */
  graphTokens?: number
}

export type TogetherResult = {
  recipe: AdapterRecipe
  layout: LoraLayout
  /** `responses` when every gradient is exact, `responses-subsampled` when those of coalitions that left the full run are estimated. */
  method: 'responses' | 'responses-subsampled'
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
 * own norm and has its own AdamW state. Until a coalition's first missing record comes up it is the full run, and costs nothing.
 * The coalition of ones gets the bytes of `trainAdapter`; a coalition's bytes do not depend on those trained beside it, on threads,
 * on `graphTokens`, or on interruptions. Borrows the model, which must not generate meanwhile on this thread. Gives the event loop a
 * turn after each step; progress reports the full run while it is trained, else the first coalition.
 * A recipe that clips examples clips them at the parameters of the full run, the same for all coalitions.
 * Throws `EXAMPLE_*`, `COALITION_*`, `RECIPE`, `SUBSAMPLE`, `TRAINING_STOPPED` (by `signal`; resumable), `TRAINING_DIVERGED`, `CHECKPOINT_DAMAGED`.
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
  const variate = options.subsample === undefined ? undefined : new ControlVariate(options.subsample, plan.seed)
  const layout = loraLayout(model.config, (_, module) => (plan.targets.includes(module) ? { rank: plan.rank, scale: plan.alpha / plan.rank } : undefined))
  const steps = plan.steps ?? plan.epochs * Math.ceil(examples.length / plan.batchSize)
  const initial = initialAdapter(layout, plan.seed)
  // Copies, so that no two examples of a batch are the same object.
  const order = exampleOrder(examples.map((example) => ({ ...example })), plan)
  const run = runHash(model, examples, plan, coalitions, options.subsample)
  const path = options.checkpointDir === undefined ? undefined : join(options.checkpointDir, 'together.checkpoint')

  const base = new FrozenBase(model, plan.precision)
  const full = new FullRun(base, layout, contributors, initial, plan)
  const joint = new JointGradients(base, layout, plan.microTokens, options.graphTokens ?? graphTokensFor(base.shape))
  const states = coalitions.map((coalition) => (isFull(coalition) ? full.state : new CoalitionState(coalition, initial, plan)))
  /** Coalitions that are still the full run, and those that no longer are. */
  let following = states.filter((state) => state !== full.state)
  const live: CoalitionState[] = []
  const part = (step: number): void => {
    const seen = new Set(order(step).map(({ group }) => group))
    const leaves = ({ coalition }: CoalitionState): boolean => [...seen].some((a) => coalition.weights[a] !== 1)
    for (const state of following.filter(leaves)) {
      state.copyFrom(full.state)
      live.push(state)
    }
    following = following.filter((state) => !leaves(state))
  }
  const arrays = (): Record<string, Float32Array> =>
    Object.fromEntries([full.state, ...states].flatMap((state, c) => Object.entries((following.includes(state) ? full.state : state).arrays).map(([name, array]) => [`${name} ${c}`, array])))
  const save = (step: number): void => {
    if (path !== undefined) writeCheckpoint(path, { run, step, numbers: {}, arrays: arrays() })
  }

  try {
    const saved = path === undefined ? undefined : readCheckpoint(path, run)
    const from = saved?.step ?? 0
    for (let step = 0; step < from; step++) part(step)
    if (saved) {
      for (const [name, array] of Object.entries(arrays())) array.set(saved.arrays[name])
      for (const state of [full.state, ...states]) state.optimizer.steps = from
    }
    const clock = new ProgressClock(options.now ?? (() => performance.now()), steps - from)
    for (let step = from; step < steps; step++) {
      if (options.signal?.aborted) {
        save(step)
        fail('TRAINING_STOPPED', `the run was stopped at step ${step}`, { action: 'retry', fix: 'start it again with the same checkpoint folder to go on' })
      }
      part(step)
      const batch = plan.exampleClip === undefined ? order(step) : full.clip(order(step), plan.exampleClip)
      const learningRate = learningRateAt(plan, step, steps)
      const chosen = variate?.part(batch, step)
      const needsFull = variate !== undefined || plan.exampleClip !== undefined || following.length > 0 || states.includes(full.state)
      const whole = needsFull ? full.compute(batch, chosen) : undefined
      const { losses, tokens } = joint.compute(chosen ?? batch, supervisedWeight(batch), live)
      if (chosen) variate?.complete(full.gradients, batch.length / chosen.length, live)
      const norms = [...(needsFull ? [full.state] : []), ...live].map((state) => state.update(learningRate, plan.clipNorm))
      if (step + 1 === steps || (step + 1) % plan.checkpointEvery === 0) save(step + 1)
      const progress = { loss: whole?.loss ?? losses[0], learningRate, gradientNorm: norms[0], ...clock.tick(tokens + (whole?.tokens ?? 0)) }
      await options.onProgress?.({ step: step + 1, steps, ...progress })
      await new Promise((resolve) => setImmediate(resolve))
    }
    for (const state of following) state.copyFrom(full.state)
    return { recipe: plan, layout, method: variate ? 'responses-subsampled' : 'responses', coalitions, initial, adapters: states.map(({ weights }) => weights), steps }
  } finally {
    joint.dispose()
    full.dispose()
    base.dispose()
  }
}

function runHash(model: Model, examples: readonly TrainingExample[], plan: AdapterRecipe, coalitions: readonly Coalition[], subsample?: number): string {
  const { checkpointEvery: _c, evaluateEvery: _e, ...deciding } = plan
  const listed = examples.map((e) => [Array.from(e.tokens), e.supervisedFrom, e.group, e.weight ?? 1])
  const content = [model.id, model.backend.ggml.build, deciding, coalitions.map(({ weights }) => weights), subsample ?? null, listed]
  return createHash('sha256').update(JSON.stringify(content)).digest('hex')
}
