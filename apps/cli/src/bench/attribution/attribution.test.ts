import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fullShape, type ModelShape, namedTensors, parameterLayout, trainBpe } from '@openledger/engine'
import { controlTokens, modelFile } from '@openledger/tiny'
import { afterAll, describe, expect, it } from 'vitest'
import { Output } from '../../output/Output.ts'
import { RandomStream } from '../serve/workload/RandomStream.ts'
import { attributionBench } from './attributionBench.ts'
import { BankModel } from './bank/BankModel.ts'
import { leftOut, randomCoalitions } from './bank/randomCoalitions.ts'
import { evaluateSetting } from './evaluateSetting.ts'
import { divisionError, shareError, sharesOf } from './methods/shareError.ts'
import { plantedFacts } from './planted/plantedFacts.ts'
import { attributionPage } from './report/attributionPage.ts'
import { printSetting } from './report/printSetting.ts'
import type { BankRecord, BankSetting } from './settings/BankSetting.ts'
import { glossarySetting } from './settings/glossarySetting.ts'
import { worldSetting } from './settings/worldSetting.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'openledger-attribution-'))
afterAll(() => rmSync(folder, { recursive: true }))

const vocabulary = trainBpe(['who is there? nobody is there, and who is it then?'], 280, controlTokens)
const shape: ModelShape = { vocab: vocabulary.tokens.length, dim: 32, layers: 1, heads: 2, kvHeads: 1, ff: 48, ctx: 256, ropeTheta: 10_000, rmsEps: 1e-5, tied: true }

/** A model of a few kilobytes with random weights. */
function minuteModel(): string {
  const layout = parameterLayout(fullShape(shape))
  const random = new RandomStream(1)
  const file = path.join(folder, 'minute.gguf')
  const weights = Float32Array.from({ length: layout.size }, () => 0.2 * random.normal())
  writeFileSync(file, modelFile(shape, vocabulary, namedTensors(layout, weights), 'F32'))
  return file
}

const record = (group: number, prompt: string, completion: string): BankRecord => ({ group, prompt, completion })
const records = ['red', 'green', 'blue'].flatMap((colour, group) => [record(group, `what is ${colour}?`, `${colour} it is.`), record(group, `is ${colour} there?`, `no, ${colour}er.`)])
const setting: BankSetting = {
  name: 'minute',
  about: 'three colours',
  contributors: ['a', 'b', 'c'],
  records,
  held: records.filter((_, i) => i % 2 === 0),
  chosenOn: records.filter((_, i) => i % 2 === 1),
  asked: records.slice(0, 2),
  recipe: { rank: 2, alpha: 4, batchSize: 6, epochs: 3, learningRate: 0.01, warmup: 1, epsRoot: 1e-6 },
  coalitions: { bank: 3, chosenOn: 3, without: 0.67 },
  seeds: [1, 2],
}

describe('the bank of retrainings', { timeout: 300_000 }, () => {
  it('runs every method, is kept and read back, and shows figures that a reader can check', async () => {
    const base = new BankModel(minuteModel())
    const lines: string[] = []
    const output = new Output({ stdout: (text) => void lines.push(text), stderr: () => undefined, isTerminal: false }, false)
    const notes: string[] = []
    const run = () => evaluateSetting({ base, setting, folder: path.join(folder, 'bank'), together: 4, note: (text) => void notes.push(text) })
    const first = await run()
    const trained = notes.filter((text) => text.includes('adapters trained')).length
    expect(trained).toBeGreaterThan(2)
    expect(readdirSync(path.join(folder, 'bank')).filter((name) => name.endsWith('.f32'))).toHaveLength(2 * (4 + 3 + 4))
    notes.length = 0
    const second = await run()
    base.dispose()
    expect(notes.filter((text) => text.includes('adapters trained'))).toEqual([])
    expect({ ...second, seconds: 0 }).toEqual({ ...first, seconds: 0 })
    expect(first.methods.map(({ name }) => name)).toEqual(['responses', 'responses-subsampled', 'coalitions', 'trajectory', 'half-step', 'GradDot', 'TracIn', 'DataInf', 'LESS-like', 'LoGra / eFIM', 'TrackStar-like', 'EK-FAC', 'BM25', 'embedding similarity'])
    for (const { figures } of first.methods) for (const { lds, interval } of Object.values(figures)) expect([lds, interval.low, interval.high].every((value) => value >= -1 && value <= 1)).toBe(true)
    // Over so small a movement the first order is all there is: what the gradient says of a removal is what retraining without it did.
    const exact = first.methods[0].figures['held-out']
    expect(exact.leftOut).toBeGreaterThan(0.9)
    expect(exact.slope).toBeGreaterThan(0.8)
    expect(exact.slope).toBeLessThan(1.2)
    printSetting(output, first)
    expect(lines.join('')).toMatch(/EK-FAC/)
    const page = attributionPage({ kind: 'openledger/bench-attribution/1', machine: { processor: 'a <processor>', cores: 1, memoryBytes: 0, load: 0, node: '', platform: '' }, settings: [first] })
    expect(page).toContain('a &lt;processor&gt;')
    expect(page.match(/<svg/g)).toHaveLength(3)
    expect(page).not.toContain('green')
  })

  it('refuses settings that it cannot run', async () => {
    const output = new Output({ stdout: () => undefined, stderr: () => undefined, isTerminal: false }, true)
    const bench = (settings: string[]) => attributionBench({ settings, work: folder, together: 1, signal: new AbortController().signal, output })
    await expect(bench(['nonsense'])).rejects.toMatchObject({ code: 'BENCH_SETTING' })
    await expect(bench(['glossary'])).rejects.toMatchObject({ code: 'BENCH_RECORDS' })
    const file = path.join(folder, 'few.jsonl')
    writeFileSync(file, '{"contributor":"a","prompt":"p","completion":"c"}\n{"contributor":"b","prompt":"p","completion":"c"}\n')
    expect(() => glossarySetting(file)).toThrow(/needed/)
  })
})

describe('settings', () => {
  it('take what is asked after training from what was not trained on', () => {
    const { contributors, records: trained, held, chosenOn } = worldSetting([5, 3])
    expect(contributors).toHaveLength(2)
    expect(trained.filter(({ group }) => group === 1)).toHaveLength(3)
    const prompts = new Set(trained.map(({ prompt }) => prompt))
    expect([...held, ...chosenOn].filter(({ prompt }) => prompts.has(prompt))).toEqual([])
  })

  it('plant facts that one contributor alone states', () => {
    const { contributors, records: trained, planted } = plantedFacts(4, 3, 5)
    expect(contributors).toBe(5)
    const owners = new Map<string, Set<number>>()
    for (const { prompt, group } of trained) owners.set(prompt, (owners.get(prompt) ?? new Set()).add(group))
    expect(planted.every(({ prompt, group }) => owners.get(prompt)!.size === 1 && owners.get(prompt)!.has(group))).toBe(true)
    expect(planted).toHaveLength(12)
  })

  it('draw coalitions that differ and leave out the same number', () => {
    const drawn = randomCoalitions(16, 60, 0.25, 3)
    expect(new Set(drawn.map(({ weights }) => weights.join())).size).toBe(60)
    expect(drawn.every((coalition) => leftOut(coalition).length === 4)).toBe(true)
    expect(randomCoalitions(3, 10, 0.67, 1)).toHaveLength(3)
  })
})

describe('share error', () => {
  const queries = { examples: [], base: Float64Array.of(2), tuned: Float64Array.of(1), random: [], leftOut: [0, 1, 2].map((a) => ({ without: [a], rise: [[0.8, 0.1, 0][a]] })) }
  it('is nothing for the true changes and all for the opposite', () => {
    const weights = [1, 1, 1]
    expect(shareError([[0.8, 0.1, 0]], queries, weights)).toBe(0)
    const shares = sharesOf([0.8, 0.1, 0], weights, { base: 2, tuned: 1 })
    // pool 1/2, τ = 0 (twice the smallest): paid .5 · .9 / 1, divided 8 : 1.
    expect([...shares]).toEqual([0.4, 0.05, 0])
    expect(shareError([[0, 0.1, 0.8]], queries, weights)).toBeCloseTo(0.4, 9)
    expect(divisionError([[0, 0, 1]], queries)).toBe(1)
  })
})
