import { fail } from '@openledger/protocol'
import { type GraphAllocator, TensorContext } from '@openledger/tensor'
import type { Model } from '../model/Model.ts'
import { traitsOf } from './BackendTraits.ts'
import { loraCostsOf } from './calibrateLora.ts'
import { buildStep, type StepGraph, stepStructure, stepTensors } from './buildStep.ts'
import { fillStep } from './fillStep.ts'
import { gatherAdapters } from './gatherAdapters.ts'
import type { KvCache } from './KvCache.ts'
import type { LoraCosts } from './LoraCosts.ts'
import { layoutStep, type SequenceStep, type StepLayout } from './StepPlan.ts'

/** A graph that is kept, with the memory of its intermediate results. */
type KeptGraph = { step: StepGraph; context: TensorContext; allocator: GraphAllocator; bytes: number }

/** Steps, and how many of them found their graph already built. */
export type ForwardCounts = { base: number; single: number; mixed: number; graphsReused: number }

/** How many graphs are kept, and how many bytes their descriptions and intermediate results take. The latest one is kept whatever it takes. */
export type GraphBudget = { graphs: number; bytes: number }

const defaultBudget: GraphBudget = { graphs: 48, bytes: 256 * 2 ** 20 }

/**
 * Runs steps of a model over a cache. Keeps the graphs of recent steps: a step of the same structure fills in their leaves.
 * The model and the cache are the caller's and must outlive it. The maker disposes it.
 */
export class ForwardPass {
  readonly #model: Model
  readonly #cache: KvCache
  /** By structure, least recently used first. */
  readonly #kept = new Map<string, KeptGraph>()
  readonly #counts: ForwardCounts = { base: 0, single: 0, mixed: 0, graphsReused: 0 }
  readonly #costs: LoraCosts | undefined
  readonly #budget: GraphBudget
  #results = new Float32Array()

  /**
   * @param costs what the arrangement of products is chosen by; default measured. Results do not depend on it
   * @param budget default 48 graphs in 256 MiB
   */
  constructor(model: Model, cache: KvCache, costs?: LoraCosts, budget = defaultBudget) {
    this.#model = model
    this.#cache = cache
    this.#costs = costs
    this.#budget = budget
  }

  /** What the graphs that are kept take now. */
  get kept(): GraphBudget {
    let bytes = 0
    for (const kept of this.#kept.values()) bytes += kept.bytes
    return { graphs: this.#kept.size, bytes }
  }

  get counts(): Readonly<ForwardCounts> {
    return this.#counts
  }

  /**
   * Computes one step of any mix of sequences and adapters in one graph.
   * @returns per sequence, in the order given, one row for each of its `outputs`: logits (vocabulary size) or hidden state (model width);
   * the rows are overwritten by the next run
   * @throws InputError `CONTEXT_OVERFLOW` when a sequence does not fit its slot, `TOKEN_RANGE`
   */
  run(steps: readonly SequenceStep[]): Float32Array[][] {
    this.#check(steps)
    const { backend } = this.#model
    gatherAdapters(steps)
    const layout = layoutStep(steps, this.#costs ?? loraCostsOf(backend), traitsOf(backend))
    const { step } = this.#graphFor(layout)
    fillStep(step, layout, this.#cache)
    backend.compute(step.graph)
    this.#counts[layout.path] += 1
    return this.#read(step, layout, steps.length)
  }

  dispose(): void {
    for (const kept of this.#kept.values()) drop(kept)
    this.#kept.clear()
  }

  #graphFor(layout: StepLayout): KeptGraph {
    const structure = stepStructure(layout, this.#cache)
    const known = this.#kept.get(structure)
    if (known) {
      this.#kept.delete(structure)
      this.#kept.set(structure, known)
      this.#counts.graphsReused += 1
      return known
    }
    const { backend } = this.#model
    const capacity = stepTensors(this.#model, layout)
    const context = new TensorContext(backend.ggml, { tensors: capacity, graphs: [capacity] })
    const allocator = backend.graphAllocator()
    try {
      const step = buildStep(context, capacity, this.#model, this.#cache, layout)
      if (backend.kind !== 'cpu') backend.check(step.graph)
      allocator.allocate(step.graph)
      const made = { step, context, allocator, bytes: allocator.bytes + context.bytes }
      this.#kept.set(structure, made)
      this.#trim()
      return made
    } catch (error) {
      allocator.dispose()
      context.dispose()
      throw error
    }
  }

  #trim(): void {
    let { bytes } = this.kept
    for (const [structure, kept] of this.#kept) {
      if (this.#kept.size === 1 || (this.#kept.size <= this.#budget.graphs && bytes <= this.#budget.bytes)) return
      this.#kept.delete(structure)
      bytes -= kept.bytes
      drop(kept)
    }
  }

  #read(step: StepGraph, layout: StepLayout, sequences: number): Float32Array[][] {
    const { vocabulary, width } = this.#model.config
    const results: Float32Array[][] = Array.from({ length: sequences }, () => [])
    if (layout.outputs === 0) return results
    const wantsLogits = [...layout.singles, ...layout.longs].some(({ step: { result } }) => result !== 'hidden')
    const size = (wantsLogits ? layout.outputs * vocabulary : 0) + (layout.hidden ? layout.outputs * width : 0)
    if (this.#results.length < size) this.#results = new Float32Array(size)
    const logits = this.#results.subarray(0, wantsLogits ? layout.outputs * vocabulary : 0)
    const hidden = this.#results.subarray(logits.length, size)
    if (wantsLogits) step.logits.read(logits)
    if (step.hidden) step.hidden.read(hidden)
    let row = 0
    for (const { index, step: sequence } of [...layout.singles, ...layout.longs]) {
      for (let output = 0; output < sequence.outputs.length; output++, row++) {
        results[index]!.push(sequence.result === 'hidden' ? hidden.subarray(row * width, (row + 1) * width) : logits.subarray(row * vocabulary, (row + 1) * vocabulary))
      }
    }
    return results
  }

  #check(steps: readonly SequenceStep[]): void {
    if (steps.length === 0) fail('STEP_EMPTY', 'a step needs a sequence', { action: 'stop' })
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

function drop({ allocator, context }: KeptGraph): void {
  allocator.dispose()
  context.dispose()
}
