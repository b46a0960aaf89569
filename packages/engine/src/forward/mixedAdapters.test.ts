import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { Backend, loadGgml } from '@openledger/tensor'
import type { Adapter } from '../adapter/Adapter.ts'
import { randomAdapter } from '../fixtures/randomAdapter.ts'
import { writeTinyModel } from '../fixtures/writeTinyModel.ts'
import { loadModel } from '../model/loadModel.ts'
import type { LinearModule } from '../model/weightShapes.ts'
import { AdapterWindow } from './AdapterWindow.ts'
import { calibrateLora } from './calibrateLora.ts'
import { ForwardPass } from './ForwardPass.ts'
import { KvCache, type KvType } from './KvCache.ts'
import type { LoadedAdapter } from './LoadedAdapter.ts'
import type { LoraCosts } from './LoraCosts.ts'
import { layoutStep, type SequenceStep } from './StepPlan.ts'

const folder = mkdtempSync(join(tmpdir(), 'openledger-mixed-'))
const path = join(folder, 'tiny.gguf')
writeTinyModel(path, { type: 'Q8_0', seed: 5, headWidth: 32 })
const backend = new Backend(loadGgml(), 1)
const model = loadModel(path, backend)
const window = new AdapterWindow(backend, 2 ** 26)
afterAll(() => {
  window.dispose()
  model.dispose()
  backend.dispose()
  rmSync(folder, { recursive: true })
})

/** Keeps only some modules of an adapter. */
const only = (adapter: Adapter, ...modules: LinearModule[]): Adapter => ({
  ...adapter,
  layers: adapter.layers.map((layer) => Object.fromEntries(Object.entries(layer).filter(([name]) => modules.includes(name as LinearModule)))),
})
const place = (adapter: Adapter): LoadedAdapter => window.place(adapter) ?? expect.unreachable('the window is large enough')
const slots = 24
const twelve = Array.from({ length: 12 }, (_, index) => place(randomAdapter(model, { rank: 8, seed: index + 10 })))
const others = [
  place(randomAdapter(model, { rank: 4, seed: 1 })),
  place(randomAdapter(model, { rank: 64, seed: 2 })),
  place(only(randomAdapter(model, { rank: 16, seed: 3 }), 'attn_q', 'attn_v')),
  place(only(randomAdapter(model, { rank: 16, seed: 4 }), 'ffn_down')),
  place(only(randomAdapter(model, { rank: 16, seed: 5, alpha: 5 }), 'attn_q', 'attn_v')),
]
const fresh = (type: KvType = 'F32', costs?: LoraCosts) => new ForwardPass(model, new KvCache(model.config, backend, { slots, positions: 128, type }), costs)
const prompt = (seed: number, length: number): number[] => Array.from({ length }, (_, index) => 3 + ((seed * 31 + index * 7) % 250))

type Sequence = { uses: SequenceStep['adapters']; prompt: number[]; answer: number[] }

/** The last row of logits after the prompt and after each token of the answer, with nothing else in the steps. */
function alone(sequence: Sequence, type: KvType = 'F32'): Float32Array[] {
  const pass = fresh(type)
  const feed = (tokens: number[], past: number): Float32Array => pass.run([{ slot: 0, adapters: sequence.uses, tokens, past, outputs: [tokens.length - 1] }])[0]![0]!.slice()
  const rows = [feed(sequence.prompt, 0), ...sequence.answer.map((token, index) => feed([token], sequence.prompt.length + index))]
  pass.dispose()
  return rows
}

/** The same rows, with all sequences in one batch: prompts in pieces of `piece`, sequence i starting at step `starts[i]`. */
function together(pass: ForwardPass, sequences: readonly Sequence[], slotOf: readonly number[], starts: readonly number[], piece: number): Float32Array[][] {
  const rows: Float32Array[][] = sequences.map(() => [])
  const fed = sequences.map(() => 0)
  for (let step = 0; ; step++) {
    const taking = sequences.flatMap(({ uses, prompt: before, answer }, index) => {
      const all = [...before, ...answer]
      const past = fed[index]!
      if (step < starts[index]! || past === all.length) return []
      const tokens = past < before.length ? before.slice(past, past + piece) : [all[past]!]
      fed[index]! += tokens.length
      return [{ index, slot: slotOf[index]!, adapters: uses, tokens, past, outputs: fed[index]! >= before.length ? [tokens.length - 1] : [] }]
    })
    if (taking.length === 0 && fed.every((count, index) => count === sequences[index]!.prompt.length + sequences[index]!.answer.length)) return rows
    if (taking.length > 0) pass.run(taking).forEach((results, at) => rows[taking[at]!.index]!.push(...results.map((row) => row.slice())))
  }
}

const use = (adapter: LoadedAdapter, weight = 1): SequenceStep['adapters'] => [{ adapter, weight }]
/** Costs under which holes are always bridged, and never. */
const bridging: LoraCosts = { operation: 1e6, mebibyte: 1 }
const splitting: LoraCosts = { operation: 0, mebibyte: 1e6 }

describe('a mixed batch', () => {
  it('computes each row as if it were alone: any adapters, ranks 4 to 64, weights, pieces, slots and arrangement', () => {
    const choices: SequenceStep['adapters'][] = [[], ...twelve.map((adapter) => use(adapter)), ...others.map((adapter) => use(adapter)), use(twelve[0]!, 0.5), [...use(twelve[1]!, 0.25), ...use(others[1]!, -1)]]
    const known = new Map<string, Float32Array[]>()
    const property = fc.property(
      fc.array(fc.record({ uses: fc.nat(choices.length - 1), seed: fc.nat(3), length: fc.constantFrom(1, 2, 7, 40), start: fc.nat(4) }), { minLength: 2, maxLength: 14 }),
      fc.shuffledSubarray(Array.from({ length: slots }, (_, slot) => slot), { minLength: 14 }),
      fc.constantFrom(1, 5, 33, 64),
      fc.constantFrom(bridging, splitting, undefined),
      (chosen, slotOf, piece, costs) => {
        const sequences = chosen.map(({ uses, seed, length }): Sequence => ({ uses: choices[uses]!, prompt: prompt(seed, length), answer: [9, 70] }))
        const pass = fresh('F32', costs)
        const got = together(pass, sequences, slotOf, chosen.map(({ start }) => start), piece)
        pass.dispose()
        sequences.forEach((sequence, index) => {
          const { uses, seed, length } = chosen[index]!
          const key = `${uses} ${seed} ${length}`
          if (!known.has(key)) known.set(key, alone(sequence))
          expect(got[index]).toEqual(known.get(key))
        })
      },
    )
    fc.assert(property, { numRuns: 12 })
  }, 60_000)

  it.each(['F16', 'Q8_0'] as const)('does so with a cache of %s', (type) => {
    const sequences = [[], use(twelve[3]!), use(twelve[4]!), use(others[2]!)].map((uses, index): Sequence => ({ uses, prompt: prompt(index, 20 + index), answer: [5, 6] }))
    const pass = fresh(type)
    const got = together(pass, sequences, [2, 0, 1, 7], [0, 0, 1, 2], 16)
    pass.dispose()
    sequences.forEach((sequence, index) => expect(got[index]).toEqual(alone(sequence, type)))
  })

  it('does so with first factors of F16, close to those of F32', () => {
    const half = new AdapterWindow(backend, 2 ** 24, 'F16')
    const adapters = [50, 51, 52].map((seed) => randomAdapter(model, { rank: 6, seed }))
    const loaded = adapters.map((adapter) => half.place(adapter)!)
    const sequences = loaded.map((adapter, index): Sequence => ({ uses: use(adapter), prompt: prompt(index, 12 + index), answer: [5, 6] }))
    const pass = fresh()
    const got = together(pass, sequences, [1, 0, 5], [0, 1, 0], 7)
    pass.dispose()
    sequences.forEach((sequence, index) => expect(got[index]).toEqual(alone(sequence)))
    const [first] = alone({ ...sequences[0]!, uses: use(place(adapters[0]!)) })
    const most = Math.max(...first!.map((value, index) => Math.abs(value - got[0]![0]![index]!)))
    expect(most).toBeGreaterThan(0)
    // Logits spread over about ten; the base rounds its inputs to 8 bits, which turns a last bit into a step.
    expect(most).toBeLessThan(0.3)
    expect(loaded[0]!.bytes).toBeLessThan(0.8 * place(adapters[0]!).bytes)
    half.dispose()
  })

  it('shows a wrong slot: the rows of two adapters side by side are not the same', () => {
    const [a, b] = [twelve[0]!, twelve[1]!].map((adapter) => alone({ uses: use(adapter), prompt: prompt(1, 9), answer: [4] }))
    expect(a![1]).not.toEqual(b![1])
    const swapped: LoadedAdapter = { ...twelve[0]!, slab: twelve[1]!.slab, slot: twelve[1]!.slot }
    expect(alone({ uses: use(swapped), prompt: prompt(1, 9), answer: [4] })).toEqual(b)
  })

  it('adds up several adapters by their weights', () => {
    const [x, y] = [twelve[5]!, others[0]!]
    const sequence = (uses: SequenceStep['adapters']): Float32Array => alone({ uses, prompt: prompt(2, 6), answer: [] })[0]!
    expect(sequence([...use(x, 0.5), ...use(x, 0.5)])).toEqual(sequence(use(x)))
    expect(sequence([...use(x, 1), ...use(y, 0)])).toEqual(sequence(use(x)))
    expect(sequence([...use(x, 1), ...use(y, 1)])).not.toEqual(sequence(use(x)))
  })

  it('copies a prefix from slot to slot, bit for bit', () => {
    const cache = new KvCache(model.config, backend, { slots: 3, positions: 128, type: 'F16' })
    const [from, to] = [cache.take()!, cache.take()!]
    const pass = new ForwardPass(model, cache)
    const tokens = prompt(7, 50)
    const adapters = use(twelve[2]!)
    pass.run([{ slot: from, adapters, tokens, past: 0, outputs: [] }])
    cache.copy(from, to, 40)
    const rest = (slot: number): Float32Array => pass.run([{ slot, adapters, tokens: tokens.slice(40), past: 40, outputs: [9] }])[0]![0]!.slice()
    expect(rest(to)).toEqual(rest(from))
    expect(() => cache.copy(from, 2, 1)).toThrow(expect.objectContaining({ code: 'KV_SLOT' }))
    pass.dispose()
    cache.dispose()
  })

  it('gives hidden states beside logits, the same as the head reads', () => {
    const pass = fresh()
    const tokens = prompt(3, 5)
    const [hidden, logits] = pass.run([
      { slot: 0, adapters: [], tokens, past: 0, outputs: [4], result: 'hidden' },
      { slot: 1, adapters: [], tokens, past: 0, outputs: [4] },
    ])
    expect(hidden![0]!.length).toBe(model.config.width)
    expect(hidden![0]!.every(Number.isFinite)).toBe(true)
    expect(logits![0]!.length).toBe(model.config.vocabulary)
    const again = pass.run([{ slot: 2, adapters: [], tokens, past: 0, outputs: [4], result: 'hidden' }])[0]![0]!.slice()
    expect(pass.run([{ slot: 3, adapters: [], tokens: tokens.slice(0, 4), past: 0, outputs: [3], result: 'hidden' }])[0]![0]).not.toEqual(again)
    pass.dispose()
  })

  it('keeps the graphs of steps of one structure, and forgets old ones', () => {
    const pass = fresh()
    for (let past = 0; past < 6; past++) pass.run([0, 1].map((slot) => ({ slot, adapters: use(twelve[slot]!), tokens: [5], past, outputs: [0] })))
    expect(pass.counts).toMatchObject({ base: 0, single: 0, mixed: 6, graphsReused: 5 })
    for (let rows = 2; rows < 64; rows++) pass.run([{ slot: 0, adapters: [], tokens: prompt(1, rows), past: 0, outputs: [0] }])
    pass.run([0, 1].map((slot) => ({ slot, adapters: use(twelve[slot]!), tokens: [5], past: 6, outputs: [0] })))
    expect(pass.counts).toMatchObject({ mixed: 7, base: 62, graphsReused: 5 })
    pass.dispose()
  })

  it('keeps no more graphs than its budget has bytes for, with the same rows', () => {
    const cache = new KvCache(model.config, backend, { slots, positions: 128, type: 'F32' })
    const budget = { graphs: 48, bytes: 2 * 2 ** 20 }
    const [bounded, wide] = [new ForwardPass(model, cache, undefined, budget), new ForwardPass(model, cache)]
    let most = 0
    for (let rows = 2; rows < 24; rows++) {
      const step = [{ slot: 0, adapters: [], tokens: prompt(1, rows), past: 0, outputs: [rows - 1] }]
      const row = bounded.run(step)[0]![0]!.slice()
      expect(wide.run(step)[0]![0]).toEqual(row)
      expect(bounded.kept.bytes).toBeLessThanOrEqual(budget.bytes)
      most = Math.max(most, bounded.kept.graphs)
    }
    expect(most).toBeGreaterThan(1)
    expect(wide.kept.graphs).toBe(22)
    expect(wide.kept.bytes).toBeGreaterThan(budget.bytes)
    for (const owner of [bounded, wide, cache]) owner.dispose()
    expect(wide.kept).toEqual({ graphs: 0, bytes: 0 })
  })
})

describe('layoutStep', () => {
  const step = (slot: number, uses: SequenceStep['adapters']): SequenceStep => ({ slot, adapters: uses, tokens: [1], past: 0, outputs: [0] })
  // A window that no step has moved anything in.
  const still = new AdapterWindow(backend, 2 ** 24)
  const neighbours = [80, 81, 82, 83].map((seed) => still.place(randomAdapter(model, { rank: 8, seed }))!)
  afterAll(() => still.dispose())

  it('multiplies adapters side by side at once, whatever the order of the sequences', () => {
    const { lora, path: kind } = layoutStep([3, 1, 0, 2].map((index) => step(index, use(neighbours[index]!))), splitting)
    expect(lora).toMatchObject({ runs: [{ slot: neighbours[0]!.slot, span: 4, row: 0, count: 4 }], segments: [] })
    expect(kind).toBe('mixed')
  })

  it('bridges a hole when that is cheaper than a run of its own', () => {
    const steps = [0, 1, 3].map((index) => step(index, use(neighbours[index]!)))
    expect(layoutStep(steps, bridging).lora).toMatchObject({ runs: [{ span: 4, count: 3, places: [0, 1, 3] }], segments: [] })
    expect(layoutStep(steps, splitting).lora).toMatchObject({ runs: [{ span: 2, count: 2 }], segments: [{ adapter: neighbours[3], count: 1 }] })
  })

  it('leaves adapters out of a step of the bare base, and takes one product for one adapter', () => {
    expect(layoutStep([step(0, []), step(1, [])], splitting)).toMatchObject({ path: 'base', lora: { runs: [], segments: [] } })
    const single = layoutStep([step(0, use(neighbours[0]!)), { ...step(1, use(neighbours[0]!)), tokens: [1, 2, 3] }], splitting)
    expect(single).toMatchObject({ path: 'single', lora: { runs: [], segments: [{ row: 0, count: 1 }, { row: 1, count: 3 }] } })
  })
})

describe('AdapterWindow', () => {
  it('moves the adapters of a step side by side, and each computes as before wherever it lies', () => {
    const wide = new AdapterWindow(backend, 2 ** 26)
    const adapters = Array.from({ length: 30 }, (_, index) => wide.place(randomAdapter(model, { rank: 2, seed: index + 60 }))!)
    const rowOf = (adapter: LoadedAdapter): Float32Array => alone({ uses: use(adapter), prompt: prompt(1, 5), answer: [] })[0]!
    const before = adapters.map(rowOf)
    // In both slabs, out of order, beside adapters that nobody uses; one of them leaves in between.
    const chosen = [29, 3, 11, 20, 7, 14]
    const active = new Set(chosen.map((index) => adapters[index]!))
    expect(wide.gather(active)).toBeGreaterThan(0)
    expect(new Set([...active].map(({ slab }) => slab)).size).toBe(1)
    expect([...active].map(({ slot }) => slot).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5])
    expect(wide.gather(active)).toBe(0)
    wide.remove(adapters[3]!)
    active.delete(adapters[3]!)
    active.add(adapters[0]!)
    wide.gather(active)
    const left = adapters.filter((_, index) => index !== 3)
    const places = left.map(({ slab, slot }) => `${slab.id}.${slot}`)
    expect(new Set(places).size).toBe(left.length)
    adapters.forEach((adapter, index) => index !== 3 && expect(rowOf(adapter)).toEqual(before[index]))
    expect(wide.place(randomAdapter(model, { rank: 2, seed: 99 }))).not.toBeNull()
    expect(wide.adapters).toBe(30)
    wide.dispose()
  })

  it('says when there is no room, and takes an adapter again after one has left', () => {
    const adapters = Array.from({ length: 3 }, (_, index) => randomAdapter(model, { rank: 8, seed: index + 40 }))
    const { bytes } = twelve[0]!
    const small = new AdapterWindow(backend, 2 * bytes + 64)
    const [first, second] = [small.place(adapters[0]!)!, small.place(adapters[1]!)!]
    expect(small.place(adapters[2]!)).toBeNull()
    small.remove(first)
    small.remove(first)
    const third = small.place(adapters[2]!)!
    expect(third).toMatchObject({ slab: first.slab, slot: first.slot })
    expect(small.adapters).toBe(2)
    expect(small.bytes).toBeLessThanOrEqual(small.maxBytes)
    // Another shape needs the memory: it gets it once the slab is empty.
    const other = only(adapters[0]!, 'attn_q')
    expect(small.place(other)).toBeNull()
    for (const adapter of [second, third]) small.remove(adapter)
    expect(small.place(other)).not.toBeNull()
    small.dispose()
    expect(() => new AdapterWindow(backend, 100).place(adapters[0]!)).toThrow(expect.objectContaining({ code: 'ADAPTER_TOO_LARGE' }))
  })
})

describe('calibrateLora', () => {
  it('measures positive costs', () => {
    const costs = calibrateLora(backend)
    expect(costs.operation).toBeGreaterThan(0)
    expect(costs.mebibyte).toBeGreaterThan(0)
  })
})
