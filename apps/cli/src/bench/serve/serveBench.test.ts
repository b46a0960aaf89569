import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Output } from '../../output/Output.ts'
import { runProgram } from '../../program.ts'
import { capture } from '../../testing/capture.ts'
import { printResult, showNumber } from './report/printResult.ts'
import type { ServeBenchReport } from './serveBench.ts'
import { settingsOf } from './settingsOf.ts'

let folder: string
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'openledger-bench-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const bench = async (...words: string[]): Promise<{ code: number; out: string; err: string }> => {
  const streams = capture()
  const code = await runProgram(['bench', 'serve', '--quick', '--work', folder, ...words], streams)
  return { code, out: streams.out(), err: streams.err() }
}

describe('openledger bench serve', () => {
  it('runs scenarios over a tiny model, prints tables and saves the figures', async () => {
    const file = path.join(folder, 'figures.json')
    const { code, out, err } = await bench('--scenario', 'punica,s-lora,soak', '--save', file)
    expect(code, err).toBe(0)
    for (const words of [/base only +[\d,.]+ +tokens\/s/, /distinct ÷ base +>= 0\.90 +[\d.]+ +(met|MISSED)/, /distinct \(4 adapters\)/, /failed requests +<= 0\.00 +0\.00 +met/, /\d+ of \d+ promises met/]) expect(out).toMatch(words)
    const report = JSON.parse(readFileSync(file, 'utf8')) as ServeBenchReport
    expect(report.results.map((result) => result.scenario)).toEqual(['punica', 's-lora', 'soak'])
    expect(report.settings.shape.name).toBe('llama-tiny')
    for (const { figures } of report.results) for (const { name, values } of figures) expect(values.every(Number.isFinite), name).toBe(true)
    expect(report.results.find((result) => result.scenario === 's-lora')!.workload).toMatchObject({ n: 12, alpha: 1, cv: 1, seed: 42 })
  })

  it('measures cold adapters, fairness and admission', async () => {
    const { code, out, err } = await bench('--scenario', 'flatness,cold,fairness,overload', '--rounds', '1', '--json')
    expect(code, err).toBe(0)
    const report = JSON.parse(out) as ServeBenchReport
    expect(report.results.map((result) => result.scenario)).toEqual(['flatness', 'cold', 'fairness', 'overload'])
    const figure = (name: string): number[] => report.results.flatMap((result) => result.figures).find((f) => f.name === name)!.values
    expect(figure('memory, load to the window').length).toBeGreaterThan(8)
    expect(figure('disk, load to the window').length).toBeGreaterThan(8)
    expect(report.results.flatMap((result) => result.checks)).toHaveLength(9)
  })

  it('refuses unknown scenarios and a comparison without the other server', async () => {
    expect((await bench('--scenario', 'speed')).err).toMatch(/there is no scenario speed[\s\S]*throughput, punica/)
    const missing = await bench('--scenario', 'llama.cpp')
    expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('--llama-server')])
    const wrong = await bench('--scenario', 'llama.cpp', '--llama-server', path.join(folder, 'none'))
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('not a server of llama.cpp')])
  })
})

describe('report', () => {
  it('shows numbers with the digits they deserve', () => {
    expect([1234.5, 142.4, 12.34, 0.913, 0.004, 0, NaN].map(showNumber)).toEqual(['1,235', '142', '12.3', '0.91', '0.0040', '0.00', '-'])
  })

  it('prints medians, spread and whether a promise is met', () => {
    const streams = capture()
    printResult(new Output(streams, false), {
      scenario: 'x',
      about: 'y',
      workload: { clients: 32 },
      figures: [{ name: 'base', unit: 'tokens/s', values: [3, 1, 2] }],
      checks: [
        { name: 'kept', value: 0.89, unit: '', atLeast: 0.9 },
        { name: 'late', value: 3, unit: 'ms', atMost: 20 },
        { name: 'unmeasured', value: NaN, unit: '', atMost: 1 },
      ],
      remarks: ['note'],
    })
    expect(streams.out()).toMatch(/base +2\.00 +1\.00 … 3\.00 +tokens\/s/)
    expect(streams.out()).toMatch(/kept +>= 0\.90 +0\.89 +MISSED\n +late +<= 20\.0 ms +3\.00 ms +met\n +unmeasured +<= 1\.00 +- +MISSED/)
  })

  it('lets named settings win over those of a quick run', () => {
    expect(settingsOf({ quick: true, clients: 9, rounds: undefined })).toMatchObject({ clients: 9, rounds: 1 })
    expect(settingsOf({})).toMatchObject({ clients: 32, rounds: 5, adapters: 1000, minutes: 30, seed: 42 })
  })
})
