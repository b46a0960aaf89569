import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { Backend, loadGgml } from '@openledger/tensor'
import { fail } from '@openledger/protocol'
import { AdamW } from './AdamW.ts'
import { readCheckpoint, writeCheckpoint } from './Checkpoint.ts'
import { clipFactor, gradientNorm } from './clipFactor.ts'
import { FullModel } from './FullModel.ts'
import { initialWeights } from './initialWeights.ts'
import { learningRateAt } from './learningRate.ts'
import { fullShape, type FullShape, type ModelShape } from './ModelShape.ts'
import { parameterLayout, type ParameterLayout } from './parameterLayout.ts'
import { PretrainingRows } from './PretrainingRows.ts'
import { defaultPretrainRecipe, type PretrainRecipe } from './PretrainRecipe.ts'
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

  const weights = saved?.arrays.weights ?? initialWeights(full, layout, plan.seed)
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

  const backend = new Backend(ggml, plan.threads)
  const model = new FullModel(backend, full, weights, plan.precision)
  const extents = { length: plan.length, rows: plan.microRows, supervised: 0 }
  const graph = model.graph(extents, { ownMasks: true })
  const rows = new PretrainingRows(data.tokens, plan.length, plan.seed, data.documentStart)
  const evaluation = data.evaluation && new PretrainingRows(data.evaluation, plan.length, plan.seed, data.documentStart)
  const rowsPerStep = plan.microRows * plan.accumulate
  const tokensPerStep = rowsPerStep * plan.length
  const gradient = new Float32Array(layout.size)
  const clock = new ProgressClock(options.now ?? (() => performance.now()), plan.steps - optimizer.steps)
  try {
    for (let step = optimizer.steps; step < plan.steps; step++) {
      if (options.signal?.aborted) {
        save()
        fail('TRAINING_STOPPED', `the run was stopped at step ${step}`, { action: 'retry', fix: 'start it again with the same checkpoint folder to go on' })
      }
      let [sum, weight] = [0, 0]
      for (let part = 0; part < plan.accumulate; part++) {
        const batch = rows.batch(step * rowsPerStep + part * plan.microRows, plan.microRows, tokensPerStep)
        const p = graph.run(batch)
        for (let i = 0; i < p.length; i++) sum -= batch.weights[i] * Math.log(Math.max(p[i], 1e-38))
        weight += batch.weights.reduce((a, b) => a + b, 0)
        model.collect(graph, gradient, part > 0)
      }
      const norm = gradientNorm(gradient)
      if (!Number.isFinite(norm)) fail('TRAINING_DIVERGED', `the gradient of step ${step} is not finite`, { action: 'stop', fix: 'use a lower learning rate' })
      const learningRate = learningRateAt(plan, step, plan.steps)
      optimizer.step(weights, gradient, learningRate, clipFactor(norm, plan.clipNorm))
      model.upload()
      const loss = sum / weight
      losses.push(loss)
      const last = step + 1 === plan.steps
      const evaluationLoss = evaluation && (last || (step + 1) % plan.evaluateEvery === 0) ? evaluate(graph, evaluation, plan.microRows) : undefined
      if (last || (step + 1) % plan.checkpointEvery === 0) save()
      await options.onProgress?.({ step: step + 1, steps: plan.steps, loss, learningRate, gradientNorm: norm, ...clock.tick(tokensPerStep), evaluationLoss })
      await new Promise((resolve) => setImmediate(resolve))
    }
  } finally {
    graph.dispose()
    model.dispose()
    backend.dispose()
  }
  return { shape: full, layout, weights, losses, tokens: plan.steps * tokensPerStep }
}

/** Mean loss over at most eight batches of the evaluation split. */
function evaluate(graph: ReturnType<FullModel['graph']>, rows: PretrainingRows, microRows: number): number {
  const batches = Math.max(1, Math.min(8, Math.floor(rows.count / microRows)))
  let [sum, weight] = [0, 0]
  for (let i = 0; i < batches; i++) {
    const batch = rows.batch(i * microRows, microRows, 1)
    const p = graph.run(batch)
    for (let j = 0; j < p.length; j++) {
      sum -= batch.weights[j] * Math.log(Math.max(p[j], 1e-38))
      weight += batch.weights[j]
    }
  }
  return sum / weight
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
