import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Backend, loadGgml } from '@openledger/tensor'
import { randomAdapter } from '../fixtures/randomAdapter.ts'
import { writeTinyModel } from '../fixtures/writeTinyModel.ts'
import type { GgufTensorType } from '../gguf/writeGguf.ts'
import { loadModel } from '../model/loadModel.ts'
import { ForwardPass } from './ForwardPass.ts'
import { KvCache, type KvType } from './KvCache.ts'
import { AdapterWindow } from './AdapterWindow.ts'
import type { LoadedAdapter } from './LoadedAdapter.ts'

const folder = mkdtempSync(join(tmpdir(), 'openledger-batch-'))
const owned: { dispose(): void }[] = []
const own = <T extends { dispose(): void }>(value: T): T => (owned.push(value), value)
afterAll(() => {
  for (const value of owned.reverse()) value.dispose()
  rmSync(folder, { recursive: true })
})

const prompts = ['the river', 'who lives in the red house? '.repeat(6), 'x', 'what runs past the mill?']

function setUp(type: GgufTensorType, threads: number, kv: KvType, kvHeads = 2) {
  const path = join(folder, `${type}-${kvHeads}.gguf`)
  writeTinyModel(path, { type, kvHeads, seed: 3 })
  const backend = new Backend(loadGgml(), threads)
  owned.unshift(backend)
  const model = own(loadModel(path, backend))
  const window = own(new AdapterWindow(backend, 2 ** 24))
  const adapters = [null, window.place(randomAdapter(model, { rank: 4, seed: 1 })), window.place(randomAdapter(model, { rank: 5, seed: 2 }))]
  const tokens = prompts.map((prompt) => model.vocabulary.tokenize(prompt, { addSpecial: true, parseSpecial: false }))
  const fresh = () => {
    const cache = own(new KvCache(model.config, backend, { slots: 5, positions: 200, type: kv }))
    return own(new ForwardPass(model, cache))
  }
  return { model, adapters, tokens, fresh }
}

const uses = (adapter: LoadedAdapter | null) => (adapter ? [{ adapter, weight: 1 }] : [])

/** Logits after the prompt and after each of some forced tokens, computed for one sequence at a time. */
function alone(pass: ForwardPass, slot: number, adapter: LoadedAdapter | null, prompt: number[], forced: number[]): Float32Array[] {
  const adapters = uses(adapter)
  const rows = [pass.run([{ slot, adapters, tokens: prompt, past: 0, outputs: [prompt.length - 1] }])[0]![0]!.slice()]
  forced.forEach((token, index) => rows.push(pass.run([{ slot, adapters, tokens: [token], past: prompt.length + index, outputs: [0] }])[0]![0]!.slice()))
  return rows
}

describe('batch invariance', () => {
  const cases: [GgufTensorType, KvType, number][] = [
    ['F32', 'F32', 2],
    ['F32', 'F32', 4],
    ['F16', 'F32', 2],
    ['BF16', 'F32', 2],
    ['Q8_0', 'F32', 2],
    ['Q8_0', 'F16', 4],
  ]
  it.each(cases)('%s weights, %s cache, %i kv heads: rows of a mixed batch are bit-equal to single runs', (type, kv, kvHeads) => {
    const { adapters, tokens, fresh } = setUp(type, 1, kv, kvHeads)
    const chosen = [adapters[1]!, null, adapters[2]!, adapters[1]!]
    const forced = [5, 17, 101]
    const expected = tokens.map((prompt, index) => alone(fresh(), 4 - index, chosen[index]!, prompt, forced))

    // One sequence starts late, and one prompt is cut into pieces, so that prefill and decode meet in one step.
    const pass = fresh()
    const got: Float32Array[][] = tokens.map(() => [])
    const past = tokens.map(() => 0)
    const cuts = [[99], [7, 1, 99], [99], [99]]
    const starts = [0, 0, 2, 1]
    for (let round = 0; round < 8; round++) {
      const steps = tokens.flatMap((prompt, index) => {
        if (round < starts[index]!) return []
        const done = past[index]!
        const decoded = done - prompt.length
        if (decoded >= forced.length) return []
        const next = done < prompt.length ? prompt.slice(done, done + (cuts[index]![round - starts[index]!] ?? 99)) : [forced[decoded]!]
        const outputs = done + next.length >= prompt.length ? [next.length - 1] : []
        return [{ slot: index, adapters: uses(chosen[index]!), tokens: next, past: done, outputs, index }]
      })
      if (steps.length === 0) continue
      const results = pass.run(steps)
      steps.forEach((step, at) => {
        past[step.index]! += step.tokens.length
        got[step.index]!.push(...results[at]!.map((row) => row.slice()))
      })
    }
    tokens.forEach((_, index) => {
      expect(got[index]!.length).toBe(forced.length + 1)
      got[index]!.forEach((row, at) => expect(row).toEqual(expected[index]![at]))
    })
  }, 60_000)

  it('sees a wrong adapter slot', () => {
    const { adapters, tokens, fresh } = setUp('F32', 1, 'F32')
    const right = alone(fresh(), 0, adapters[1]!, tokens[0]!, [5])
    const wrong = alone(fresh(), 0, adapters[2]!, tokens[0]!, [5])
    expect(wrong[0]).not.toEqual(right[0])
  })

  // Few steps only: on a machine whose cores are taken, two threads wait for each other for most of the time.
  it.each(['F32', 'Q8_0'] as const)('%s weights: gives the same rows with 1 and 2 threads', (type) => {
    const [one, two] = [1, 2].map((threads) => {
      const { adapters, tokens, fresh } = setUp(type, threads, 'F32')
      return alone(fresh(), 0, adapters[1]!, tokens[1]!, [5])
    })
    expect(two).toEqual(one)
  }, 60_000)

  it('does not read what a slot held before', () => {
    const { tokens, fresh } = setUp('F32', 1, 'F32')
    const expected = alone(fresh(), 0, null, tokens[0]!, [9])
    const pass = fresh()
    alone(pass, 0, null, tokens[1]!, [9])
    expect(alone(pass, 0, null, tokens[0]!, [9])).toEqual(expected)
  })

  it('refuses a sequence longer than its slot, and a slot used twice', () => {
    const { fresh } = setUp('F32', 1, 'F32')
    const pass = fresh()
    const step = { slot: 0, adapters: [], tokens: Array.from({ length: 257 }, () => 1), past: 0, outputs: [0] }
    expect(() => pass.run([step])).toThrow(expect.objectContaining({ code: 'CONTEXT_OVERFLOW' }))
    const short = { ...step, tokens: [1] }
    expect(() => pass.run([short, short])).toThrow(expect.objectContaining({ code: 'KV_SLOT' }))
    expect(() => pass.run([{ ...short, tokens: [100_000] }])).toThrow(expect.objectContaining({ code: 'TOKEN_RANGE' }))
  })
})
