import { fail } from '@openledger/protocol'

/** Sizes and constants of a Llama-family model, as the trainer needs them. */
export type ModelShape = {
  /** Number of token ids. */
  vocab: number
  /** Width of the residual stream. */
  dim: number
  layers: number
  heads: number
  /** Key/value heads; `heads` must be a multiple of it (grouped-query attention). */
  kvHeads: number
  /** Width of one head; `dim / heads` unless given. */
  headDim?: number
  /** Width of the SwiGLU feed-forward block. */
  ff: number
  /** Longest sequence. */
  ctx: number
  ropeTheta: number
  /** How rotary coordinates pair up: neighbours (default, llama.cpp's "norm") or halves. */
  ropeStyle?: 'norm' | 'neox'
  /** How many coordinates of each head turn; all unless given. */
  ropeDimensions?: number
  /** Position scale; 1 unless given. */
  ropeScale?: number
  rmsEps: number
  /** True when the LM head is the token embedding. */
  tied: boolean
}

/** A {@link ModelShape} with every default filled in. */
export type FullShape = Required<ModelShape>

/**
 * Checks a model shape and fills in the head width.
 * Throws `MODEL_SHAPE` when a size is not a positive integer or the sizes do not fit each other.
 */
export function fullShape(shape: ModelShape): FullShape {
  const headDim = shape.headDim ?? shape.dim / shape.heads
  const full: FullShape = { ropeStyle: 'norm', ropeScale: 1, ...shape, headDim, ropeDimensions: shape.ropeDimensions ?? headDim }
  for (const key of ['vocab', 'dim', 'layers', 'heads', 'kvHeads', 'headDim', 'ff', 'ctx'] as const) {
    if (!Number.isSafeInteger(full[key]) || full[key] < 1) {
      fail('MODEL_SHAPE', `model shape: ${key} is ${full[key]}, not a positive integer`, { field: key })
    }
  }
  if (full.heads % full.kvHeads !== 0) fail('MODEL_SHAPE', 'model shape: heads must be a multiple of kvHeads', { field: 'kvHeads' })
  if (full.headDim % 2 !== 0) fail('MODEL_SHAPE', 'model shape: headDim must be even for rotary positions', { field: 'headDim' })
  if (!(full.rmsEps > 0) || !(full.ropeTheta > 0)) fail('MODEL_SHAPE', 'model shape: rmsEps and ropeTheta must be positive')
  return full
}
