import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runProgram } from '../../program.ts'
import { capture } from '../../testing/capture.ts'
import type { AuditBenchReport } from './auditBench.ts'

let folder: string
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'openledger-audit-bench-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(process.arch !== 'x64')('openledger bench audit', () => {
  it('attributes answers under one build and audits them under another', async () => {
    const save = path.join(folder, 'figures.json')
    const streams = capture()
    const code = await runProgram(['bench', 'audit', '--quick', '--work', path.join(folder, 'work'), '--variant', 'haswell', '--other-variant', 'sandybridge', '--save', save], streams)
    expect(streams.out()).toMatch(/identical shares of 3 +>= 3\.00 +3\.00 +met/)
    expect(code).toBeLessThan(2)
    const first = JSON.parse(readFileSync(save, 'utf8')) as AuditBenchReport
    expect(first.variants).toEqual(['haswell', 'sandybridge'])
    expect(first.results[2]).toMatchObject({ scenario: 'records', workload: { answers: 2, records: 12 } })
    expect(first.results[1]!.checks[1]).toMatchObject({ name: 'vectors re-derived exactly of 3', value: 3 })
    const byBuild = first.results.slice(0, 2).map((r) => r.figures.find((f) => f.name === 'shares by the vector measured again, largest difference')!.values[0]!)
    expect(byBuild[0]).toBeLessThan(10_000)
    expect(byBuild[1]).toBe(0)
  }, 120_000)
})
