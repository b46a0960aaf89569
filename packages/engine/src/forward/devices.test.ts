import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Backend, type Device, listDevices, loadGgml } from '@openledger/tensor'
import { randomAdapter } from '../fixtures/randomAdapter.ts'
import { type TinyModelOptions, writeTinyModel } from '../fixtures/writeTinyModel.ts'
import { loadModel } from '../model/loadModel.ts'
import { AdapterWindow } from './AdapterWindow.ts'
import { traitsOf } from './BackendTraits.ts'
import { ForwardPass } from './ForwardPass.ts'
import { KvCache, type KvType } from './KvCache.ts'
import type { LoadedAdapter } from './LoadedAdapter.ts'

const ggml = loadGgml()
const { devices, missing } = listDevices(ggml)
const [cpu, ...others] = devices as [Device, ...Device[]]
if (others.length === 0) console.info(`no device to compare with the processor: ${missing.map(({ reason }) => reason).join('; ')}`)
const folder = mkdtempSync(join(tmpdir(), 'openledger-devices-'))
const owned: { dispose(): void }[] = []
const own = <T extends { dispose(): void }>(value: T): T => (owned.push(value), value)
afterAll(() => {
  for (const value of owned.reverse()) value.dispose()
  rmSync(folder, { recursive: true })
})

const text = 'who lives in the red house? the river runs past the mill. '
const forced = [5, 17, 101]

/** Largest difference between two rows of logits, relative to the spread of the second. */
function distance(actual: Float32Array, expected: Float32Array): number {
  const mean = expected.reduce((sum, value) => sum + value, 0) / expected.length
  const spread = Math.sqrt(expected.reduce((sum, value) => sum + (value - mean) ** 2, 0) / expected.length)
  return expected.reduce((most, value, index) => Math.max(most, Math.abs(value - actual[index]!)), 0) / spread
}

function setUp(device: Device, options: TinyModelOptions, type: KvType) {
  const path = join(folder, `${options.architecture ?? 'llama'}-${options.type}.gguf`)
  writeTinyModel(path, { headWidth: 64, heads: 2, kvHeads: 1, seed: 3, ...options })
  const backend = own(new Backend(ggml, 1, device))
  const model = own(loadModel(path, backend))
  const window = own(new AdapterWindow(backend, 2 ** 26))
  const place = (rank: number, seed: number): LoadedAdapter => window.place(randomAdapter(model, { rank, seed })) ?? expect.unreachable('the window is large enough')
  const pass = (): ForwardPass => own(new ForwardPass(model, own(new KvCache(model.config, backend, { slots: 6, positions: 300, type }))))
  const tokens = (repeats: number): number[] => model.vocabulary.tokenize(text.repeat(repeats), { addSpecial: true, parseSpecial: false })
  return { backend, pass, tokens, adapters: [place(4, 1), place(8, 2), place(64, 4), place(4, 3)] }
}

/** What each of six sequences answers after its prompt and after forced tokens; prefill and decode meet, one prompt comes in two pieces. */
function answers({ pass, tokens, adapters }: ReturnType<typeof setUp>, together: boolean): Float32Array[][] {
  const [a, b, c, d] = adapters as [LoadedAdapter, LoadedAdapter, LoadedAdapter, LoadedAdapter]
  const use = (adapter: LoadedAdapter, weight = 1) => ({ adapter, weight })
  const uses = [[use(a)], [], [use(b)], [use(c)], [use(a, 0.5), use(d)], [use(d)]]
  const prompts = [tokens(1), tokens(3), [7], tokens(1).slice(3), tokens(2), [9]]
  const results: Float32Array[][] = prompts.map(() => [])
  const shared = pass()
  const past = prompts.map(() => 0)
  for (let round = 0; past.some((done, index) => done < prompts[index]!.length + forced.length); round++) {
    const steps = prompts.flatMap((prompt, index) => {
      const done = past[index]!
      if (done >= prompt.length + forced.length || (index === 3 && round < 1)) return []
      const next = done < prompt.length ? prompt.slice(done, index === 1 && done === 0 ? 20 : undefined) : [forced[done - prompt.length]!]
      return [{ slot: index, adapters: uses[index]!, tokens: next, past: done, outputs: done + next.length >= prompt.length ? [next.length - 1] : [], index }]
    })
    const rows = together ? shared.run(steps).map((list) => list.map((row) => row.slice())) : steps.map((step) => shared.run([step])[0]!.map((row) => row.slice()))
    steps.forEach(({ tokens: { length }, index }, at) => {
      past[index]! += length
      results[index]!.push(...rows[at]!)
    })
  }
  return results
}

function compare(actual: Float32Array[][], expected: Float32Array[][]): number {
  expect(actual.map(({ length }) => length)).toEqual(expected.map(({ length }) => length))
  return Math.max(...expected.flatMap((rows, sequence) => rows.map((row, at) => distance(actual[sequence]![at]!, row))))
}

/**
 * Largest distance that is rounding. Devices multiply in halves where the processor does in floats; with quantised or half weights and caches the
 * processor itself rounds what it multiplies them with, and this small model makes much of it. A wrong adapter is several spreads away.
 */
const toleranceOf = ({ type }: TinyModelOptions, cache: KvType): number => (type === 'F32' && cache !== 'Q8_0' ? 6e-2 : 0.5)

const cases: [TinyModelOptions, KvType][] = [
  [{ type: 'F32' }, 'F32'],
  [{ type: 'F16' }, 'F16'],
  [{ type: 'Q8_0' }, 'F16'],
  [{ type: 'Q8_0' }, 'Q8_0'],
  [{ type: 'BF16', architecture: 'qwen2' }, 'F16'],
  [{ type: 'F32', architecture: 'qwen3', ropeFactors: true }, 'F16'],
]

describe.skipIf(others.length === 0)('forward passes on other devices', () => {
  describe.each(others)('$id ($name)', (device) => {
    it.each(cases)('%j with a %s cache: answers as the processor does, in a mixed batch and one at a time', (options, type) => {
      const expected = answers(setUp(cpu, options, type), false)
      const there = setUp(device, options, type)
      const mixed = compare(answers(there, true), expected)
      const single = compare(answers(there, false), expected)
      console.info(`${device.id} ${options.type} ${type}: mixed ${mixed.toExponential(1)}, alone ${single.toExponential(1)}`)
      expect(Math.max(mixed, single)).toBeLessThan(toleranceOf(options, type))
    }, 240_000)

    it('sees a wrong adapter slot', () => {
      const right = setUp(cpu, { type: 'F32' }, 'F32')
      const expected = answers(right, false)
      const there = setUp(device, { type: 'F32' }, 'F32')
      const [a, b, c, d] = there.adapters as [LoadedAdapter, LoadedAdapter, LoadedAdapter, LoadedAdapter]
      expect(compare(answers({ ...there, adapters: [d, b, c, a] }, true), expected)).toBeGreaterThan(1)
    }, 120_000)
  })
})

describe('BackendTraits', () => {
  it('promises equal bits on the processor alone', () => {
    expect(traitsOf({ kind: 'cpu' }).batchInvariant).toBe(true)
    for (const { kind } of others) expect(traitsOf({ kind }).batchInvariant).toBe(false)
  })

  it('keeps one graph for all adapters of a slab where slots are gathered', () => {
    for (const device of others) {
      const { pass, adapters } = setUp(device, { type: 'F32' }, 'F32')
      const [a, b, , d] = adapters as [LoadedAdapter, LoadedAdapter, LoadedAdapter, LoadedAdapter]
      const shared = pass()
      const pairs = [[a, b], [b, d], [d, a]] as const
      for (const pair of pairs) shared.run(pair.map((adapter, slot) => ({ slot, adapters: [{ adapter, weight: 1 }], tokens: [5], past: 0, outputs: [0] })))
      expect(shared.counts).toMatchObject({ mixed: 3, graphsReused: 2 })
    }
  }, 120_000)
})
