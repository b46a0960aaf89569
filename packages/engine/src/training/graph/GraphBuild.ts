import { TensorType, type Tensor, type TensorOps } from '@openledger/tensor'
import type { FullShape } from '../ModelShape.ts'

/** Number format of the large products: `f32` throughout, or BF16 operands with F32 sums (about twice as fast). */
export type Precision = 'f32' | 'bf16'

/** The fixed extents of one training graph. */
export type BatchShape = {
  /** Tokens per sequence, padding included. */
  length: number
  /** Sequences side by side; they do not see each other. */
  rows: number
  /** How many positions go to the LM head; 0 means all of them, in order. */
  supervised: number
  /** Gradients come out per group of `rows / groups` neighbouring sequences (LoRA only). */
  groups: number
  /**
   * Distinct tokens, when sequences share some: all but attention is computed once for each, and `length · rows` positions are
   * filled from them. Default: every position has a token of its own.
   */
  distinct?: number
}

/** Where shared tokens stand: I32 [length · rows] the token of each position, and I32 [distinct] one position of each token. */
export type SharedTokens = { at: Tensor; first: Tensor }

/** A part of the forward graph, and how to continue a gradient through it. */
export type Stage = {
  output: Tensor
  /** From the gradient of the output to the gradient of the input. */
  backward: (gradient: Tensor) => Tensor
}

/** A linear map whose input gradient may be left out where nobody needs it. */
export type LinearStage = { output: Tensor; backward: (gradient: Tensor, needsInput: boolean) => Tensor | undefined }

/** Makes the stage of a linear map by its GGUF name, e.g. `blk.0.attn_q.weight`. */
export type LinearFactory = (build: GraphBuild, name: string, x: Tensor) => LinearStage

/** What the parts of a graph share while it is being built. */
export class GraphBuild {
  readonly ops: TensorOps
  readonly shape: FullShape
  readonly batch: BatchShape
  readonly precision: Precision
  /** I32 [length], the position of each token inside its sequence. */
  readonly positions: Tensor
  /** F32 [length, length, 1, rows or 1], added to the attention scores: 0 or −∞. */
  readonly mask: Tensor
  /** Present when the batch names `distinct` tokens. */
  readonly shared: SharedTokens | undefined
  readonly linear: LinearFactory
  /** Frozen or trained vectors and tables by GGUF name. */
  readonly weight: (name: string) => Tensor
  /** Whether the model has a tensor of this name (biases, head norms, rotary factors). */
  readonly has: (name: string) => boolean
  /** Gradients by parameter name, in the order in which they are finished. */
  readonly gradients = new Map<string, Tensor>()
  /** Whether norms and embeddings get gradients. */
  readonly trainsAll: boolean
  private readonly turned = new Map<Tensor, Tensor>()

  constructor(parts: Pick<GraphBuild, 'ops' | 'shape' | 'batch' | 'precision' | 'positions' | 'mask' | 'shared' | 'linear' | 'weight' | 'has' | 'trainsAll'>) {
    this.ops = parts.ops
    this.shape = parts.shape
    this.batch = parts.batch
    this.precision = parts.precision
    this.positions = parts.positions
    this.mask = parts.mask
    this.shared = parts.shared
    this.linear = parts.linear
    this.weight = parts.weight
    this.has = parts.has
    this.trainsAll = parts.trainsAll
  }

  /** From tokens to positions: x [K, distinct] → [K, length · rows]; x itself where no token is shared. */
  spread(x: Tensor): Stage {
    return this.gathered(x, this.shared?.at)
  }

  /** From positions back to tokens: x [K, length · rows] → [K, distinct]; x itself where no token is shared. */
  pick(x: Tensor): Stage {
    return this.gathered(x, this.shared?.first)
  }

  /** A contiguous transpose of [a, b, …], in BF16 where the precision says so and rows of a multiple of 32 allow; made once per tensor. */
  transposed(x: Tensor): Tensor {
    let t = this.turned.get(x)
    if (t === undefined) {
      const view = this.ops.transpose(x)
      t = this.precision === 'bf16' && x.shape[1] % 32 === 0 ? this.ops.cast(view, TensorType.BF16) : this.ops.cont(view)
      this.turned.set(x, t)
    }
    return t
  }

  /** Σ over rows t of x ⊗ y: x [K, T, …], y [N, T, …] → [K, N, …]. */
  outer(x: Tensor, y: Tensor): Tensor {
    return this.ops.mulMat(this.transposed(x), this.transposed(y))
  }

  private gathered(x: Tensor, rows: Tensor | undefined): Stage {
    if (rows === undefined) return { output: x, backward: (gradient) => gradient }
    return { output: this.ops.getRows(x, rows), backward: (gradient) => this.ops.getRowsBack(gradient, rows, x) }
  }

  gradient(name: string, value: Tensor): void {
    this.gradients.set(name, value.asOutput())
  }
}
