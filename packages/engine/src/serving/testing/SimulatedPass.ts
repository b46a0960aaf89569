import { fail, UnavailableError } from '@openledger/protocol'
import type { SequenceStep } from '../../forward/StepPlan.ts'
import type { SlotStore } from '../prefix/PrefixCache.ts'
import type { SimulatedRuntime } from './SimulatedRuntime.ts'

export const simulatedVocabulary = 64

/** What a step takes, in milliseconds. */
export type StepCost = { step: number; decodeRow: number; promptRow: number }

/**
 * Steps whose results follow from what the slots really hold: every position carries a hash of its adapters and all tokens before it,
 * so that a wrong slot, a wrong adapter or a stale position shows in the answer. Steps take simulated time.
 */
export class SimulatedPass implements SlotStore {
  readonly slots: number
  copied = 0
  rows = 0
  /** A step number that fails after it has spoiled its slots. */
  failAt = -1
  #steps = 0
  readonly #runtime: SimulatedRuntime
  readonly #cost: StepCost
  readonly #contents: number[][]
  readonly #free: number[]

  constructor(runtime: SimulatedRuntime, slots: number, cost: StepCost = { step: 10, decodeRow: 1, promptRow: 1 }) {
    this.#runtime = runtime
    this.#cost = cost
    this.slots = slots
    this.#contents = Array.from({ length: slots }, () => [])
    this.#free = Array.from({ length: slots }, (_, index) => slots - 1 - index)
  }

  get freeSlots(): number {
    return this.#free.length
  }

  take(): number | undefined {
    return this.#free.pop()
  }

  release(slot: number): void {
    this.#free.push(slot)
  }

  copy(from: number, to: number, positions: number): void {
    this.copied += positions
    if (this.#contents[from]!.length < positions) fail('SIMULATION', `slot ${from} holds ${this.#contents[from]!.length} positions, not ${positions}`)
    this.#contents[to] = [...this.#contents[from]!.slice(0, positions), ...this.#contents[to]!.slice(positions)]
  }

  readonly positionBytes = 4

  save(slot: number, positions: number): Uint8Array {
    return new Uint8Array(Uint32Array.from(this.#contents[slot]!.slice(0, positions)).buffer)
  }

  restore(slot: number, content: Uint8Array): void {
    const saved = new Uint32Array(content.buffer)
    this.#contents[slot] = [...saved, ...this.#contents[slot]!.slice(saved.length)]
  }

  run(steps: readonly SequenceStep[]): Float32Array[][] {
    const slots = new Set(steps.map(({ slot }) => slot))
    if (slots.size < steps.length) fail('SIMULATION', 'a slot stands twice in one step')
    const { step, decodeRow, promptRow } = this.#cost
    this.#runtime.spend(step + steps.reduce((ms, { tokens }) => ms + (tokens.length > 1 ? promptRow * tokens.length : decodeRow), 0))
    if (this.#steps++ === this.failAt) {
      for (const { slot } of steps) this.#contents[slot]!.fill(-1)
      throw new UnavailableError('STEP_FAILED', 'the step fails')
    }
    return steps.map(({ slot, adapters, tokens, past, outputs }) => {
      const content = this.#contents[slot]!
      if (content.length < past) fail('SIMULATION', `slot ${slot} holds ${content.length} positions, not ${past}`)
      content.length = past
      for (const token of tokens) content.push(chain(content.at(-1) ?? hash(adapterText(adapters)), token))
      this.rows += tokens.length
      return outputs.map((output) => logitsOf(content[past + output]!))
    })
  }
}

/** The tokens that a greedy answer must have. */
export function expectedAnswer(adapters: string, prompt: readonly number[], count: number): number[] {
  let state = hash(adapters)
  for (const token of prompt) state = chain(state, token)
  return Array.from({ length: count }, () => {
    const token = tokenAt(state)
    state = chain(state, token)
    return token
  })
}

function adapterText(adapters: SequenceStep['adapters']): string {
  return adapters.map(({ adapter, weight }) => `${adapter.id}*${weight}`).join()
}

function hash(text: string): number {
  let value = 7
  for (const character of text) value = chain(value, character.charCodeAt(0))
  return value
}

function chain(state: number, token: number): number {
  const mixed = Math.imul(state ^ (token + 0x9e3779b9), 0x85ebca6b)
  return (mixed ^ (mixed >>> 13)) >>> 0
}

function tokenAt(state: number): number {
  return state % simulatedVocabulary
}

function logitsOf(state: number): Float32Array {
  const logits = new Float32Array(simulatedVocabulary)
  logits[tokenAt(state)] = 1
  return logits
}
