import { fail } from '@openledger/protocol'
import { type GraphAllocator, TensorContext } from '@openledger/tensor'
import type { Model } from '../model/Model.ts'
import { maskValues } from './attention.ts'
import { buildStep, stepTensors } from './buildStep.ts'
import type { KvCache } from './KvCache.ts'
import { layoutStep, type SequenceStep } from './StepPlan.ts'

/**
 * Runs steps of a model over a cache. Owns graph memory, which grows to the largest step seen.
 * The model and the cache are the caller's and must outlive it.
 */
export class ForwardPass {
  readonly #model: Model
  readonly #cache: KvCache
  readonly #allocator: GraphAllocator
  #context: TensorContext | null = null
  #capacity = 0

  constructor(model: Model, cache: KvCache) {
    this.#model = model
    this.#cache = cache
    this.#allocator = model.backend.graphAllocator()
  }

  /**
   * Computes one step of any mix of sequences and adapters in one graph.
   * @returns per sequence, in the order given, one row of logits (vocabulary size) for each of its `outputs`
   * @throws InputError `CONTEXT_OVERFLOW` when a sequence does not fit its slot, `TOKEN_RANGE`
   */
  run(steps: readonly SequenceStep[]): Float32Array[][] {
    this.#check(steps)
    const layout = layoutStep(steps)
    if (layout.outputs === 0) {
      // A pure prefill step still needs a result that hangs on every layer.
      layout.outputRows = Int32Array.from([0, 0])
    }
    const context = this.#contextFor(stepTensors(this.#model, layout))
    const step = buildStep(context, this.#capacity, this.#model, this.#cache, layout)
    this.#allocator.allocate(step.graph)
    step.tokens.write(layout.tokens)
    step.positions.write(layout.positions)
    step.outputRows.write(layout.outputRows)
    for (const mask of step.masks) mask.tensor.write(maskValues(mask))
    this.#model.backend.compute(step.graph)
    const size = this.#model.config.vocabulary
    const flat = layout.outputs === 0 ? new Float32Array() : step.logits.read(new Float32Array(layout.outputs * size))
    const results: Float32Array[][] = steps.map(() => [])
    let row = 0
    for (const { index, step: sequence } of layout.sequences) {
      for (let output = 0; output < sequence.outputs.length; output++) {
        results[index]!.push(flat.subarray(row * size, (row + 1) * size))
        row += 1
      }
    }
    return results
  }

  dispose(): void {
    this.#allocator.dispose()
    this.#context?.dispose()
    this.#context = null
  }

  #contextFor(tensors: number): TensorContext {
    if (this.#context && this.#capacity >= tensors) {
      this.#context.reset()
      return this.#context
    }
    this.#context?.dispose()
    this.#capacity = Math.ceil(tensors * 1.25)
    this.#context = new TensorContext(this.#model.backend.ggml, { tensors: this.#capacity, graphs: [this.#capacity] })
    return this.#context
  }

  #check(steps: readonly SequenceStep[]): void {
    const slots = new Set<number>()
    for (const { slot, past, tokens } of steps) {
      if (slot < 0 || slot >= this.#cache.slots || slots.has(slot)) fail('KV_SLOT', `slot ${slot} does not exist or stands twice in one step`, { action: 'stop' })
      slots.add(slot)
      if (past < 0 || past + tokens.length > this.#cache.positions) {
        fail('CONTEXT_OVERFLOW', `${past + tokens.length} tokens do not fit the ${this.#cache.positions} positions of a slot`, { fix: 'shorten the conversation or lower max_tokens' })
      }
      for (const token of tokens) {
        if (!Number.isInteger(token) || token < 0 || token >= this.#model.config.vocabulary) fail('TOKEN_RANGE', `token ${token} is not in the vocabulary of ${this.#model.config.vocabulary}`)
      }
    }
  }
}
