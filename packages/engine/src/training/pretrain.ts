import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { loadGgml } from '@openledger/tensor'
import { fail } from '@openledger/protocol'
import { AdamW } from './AdamW.ts'
import { readCheckpoint, writeCheckpoint } from './Checkpoint.ts'
import { clipFactor, gradientNorm } from './clipFactor.ts'
import { GradientPool } from './GradientPool.ts'
import { initialWeights } from './initialWeights.ts'
import { learningRateAt } from './learningRate.ts'
import { fullShape, type FullShape, type ModelShape } from './ModelShape.ts'
import { parameterLayout, type ParameterLayout } from './parameterLayout.ts'
import { defaultPretrainRecipe, type PretrainRecipe } from './PretrainRecipe.ts'
import { sharedCopy, sharedFloats } from './sharedCopy.ts'
import { ProgressClock, type TrainingProgress } from './ProgressClock.ts'

export type PretrainData = {
  tokens: Uint16Array | Uint32Array
  /** Held-out tokens for the evaluation loss. */
  evaluation?: Uint16Array | Uint32Array
  /** The token that opens a document (BOS): attention and loss stop at it. */
  documentStart?: number
}

export type TrainingOptions = {
  onProgress?: (progress: TrainingProgress) => void | Promise<void>
  /** Stops the run after the current step; it writes a checkpoint and throws `TRAINING_STOPPED`. */
  signal?: AbortSignal
  /** Where checkpoints are kept; the run resumes from the one it finds there. None are written without it. */
  checkpointDir?: string
  /** Threads that share the parts of a step (see `accumulate`), each with the recipe's own threads; the bytes do not depend on it. Default 1. */
  workers?: number
  /** Milliseconds, for progress only. */
  now?: () => number
}

export type PretrainResult = {
  shape: FullShape
  layout: ParameterLayout
  /** Flat, in the order of the layout. */
  weights: Float32Array
  /** Loss of every step. */
  losses: number[]
  /** Tokens seen. */
  tokens: number
}

/**
 * Trains a Llama-family model from scratch (or on from a checkpoint): AdamW with clipping, warm-up and cosine.
 * The same shape, data, recipe and ggml build give the same weights bit for bit, interrupted or not.
 * Gives the event loop a turn after each step. The weights belong to the caller.
 */
export async function pretrain(shape: ModelShape, data: PretrainData, recipe: Partial<PretrainRecipe>, options: TrainingOptions = {}): Promise<PretrainResult> {
  const plan: PretrainRecipe = { ...defaultPretrainRecipe, ...recipe }
  const full = fullShape(shape)
  checkTokens(data, full)
  const layout = parameterLayout(full)
  const ggml = loadGgml()
  const run = runHash(full, data, plan, ggml.build)
  const path = options.checkpointDir === undefined ? undefined : join(options.checkpointDir, 'pretrain.checkpoint')
  const saved = path === undefined ? undefined : readCheckpoint(path, run)

  const weights = sharedCopy(saved?.arrays.weights ?? initialWeights(full, layout, plan.seed))
  const optimizer = new AdamW(layout.size, plan, decayedParameters(layout))
  if (saved) {
    optimizer.first.set(saved.arrays.first)
    optimizer.second.set(saved.arrays.second)
    optimizer.steps = saved.step
  }
  const losses = saved?.numbers.losses ?? []
  const save = () => {
    if (path) writeCheckpoint(path, { run, step: optimizer.steps, numbers: { losses }, arrays: { weights, first: optimizer.first, second: optimizer.second } })
  }

  const pool = new GradientPool(
    {
      shape: full,
      plan,
      tokens: sharedCopy(data.tokens),
      evaluation: data.evaluation && sharedCopy(data.evaluation),
      documentStart: data.documentStart,
      weights,
      slots: Array.from({ length: plan.accumulate }, () => sharedFloats(layout.size)),
    },
    options.workers ?? 1,
  )
  const tokensPerStep = plan.microRows * plan.accumulate * plan.length
  const gradient = new Float32Array(layout.size)
  const clock = new ProgressClock(options.now ?? (() => performance.now()), plan.steps - optimizer.steps)
  try {
    for (let step = optimizer.steps; step < plan.steps; step++) {
      if (options.signal?.aborted) {
        save()
        fail('TRAINING_STOPPED', `the run was stopped at step ${step}`, { action: 'retry', fix: 'start it again with the same checkpoint folder to go on' })
      }
      const loss = await pool.step(step, gradient)
      const norm = gradientNorm(gradient)
      if (!Number.isFinite(norm)) fail('TRAINING_DIVERGED', `the gradient of step ${step} is not finite`, { action: 'stop', fix: 'use a lower learning rate' })
      const learningRate = learningRateAt(plan, step, plan.steps)
      optimizer.step(weights, gradient, learningRate, clipFactor(norm, plan.clipNorm))
      losses.push(loss)
      const last = step + 1 === plan.steps
      const evaluationLoss = last || (step + 1) % plan.evaluateEvery === 0 ? await pool.evaluate() : undefined
      if (last || (step + 1) % plan.checkpointEvery === 0) save()
      await options.onProgress?.({ step: step + 1, steps: plan.steps, loss, learningRate, gradientNorm: norm, ...clock.tick(tokensPerStep), evaluationLoss })
      await new Promise((resolve) => setImmediate(resolve))
    }
  } finally {
    await pool.dispose()
  }
  return { shape: full, layout, weights: weights.slice(), losses, tokens: plan.steps * tokensPerStep }
}

function decayedParameters(layout: ParameterLayout): Uint8Array {
  const decayed = new Uint8Array(layout.size)
  for (const slot of layout.slots) if (slot.shape.length > 1) decayed.fill(1, slot.offset, slot.offset + slot.size)
  return decayed
}

function checkTokens(data: PretrainData, shape: FullShape): void {
  for (const tokens of [data.tokens, data.evaluation ?? []]) {
    for (let i = 0; i < tokens.length; i++) {
      if (tokens[i] >= shape.vocab) fail('TOKEN_RANGE', `token ${tokens[i]} at ${i} is outside the vocabulary of ${shape.vocab}`, { field: 'tokens' })
    }
  }
}

function runHash(shape: FullShape, data: PretrainData, plan: PretrainRecipe, build: unknown): string {
  const hash = createHash('sha256')
  const { checkpointEvery: _c, evaluateEvery: _e, threads: _t, ...deciding } = plan
  hash.update(JSON.stringify([shape, deciding, build, data.documentStart ?? null]))
  hash.update(new Uint8Array(data.tokens.buffer, data.tokens.byteOffset, data.tokens.byteLength))
  return hash.digest('hex')
}
