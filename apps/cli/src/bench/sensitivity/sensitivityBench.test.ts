import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runProgram } from '../../program.ts'
import { capture } from '../../testing/capture.ts'
import type { SensitivityReport } from './sensitivityBench.ts'

let folder: string
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'openledger-sensitivity-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(process.arch !== 'x64')('openledger bench sensitivity', () => {
  it('trains, lies, judges and prints the table', async () => {
    const save = path.join(folder, 'figures.json')
    const streams = capture()
    const small = ['--honest', '220', '--thorough', '110', '--lies', '3', '--epochs', '1', '--record-limit', '8', '--max-tokens', '4']
    const code = await runProgram(['bench', 'sensitivity', ...small, '--work', path.join(folder, 'work'), '--variant', 'haswell', '--other-variants', 'sse42,sandybridge', '--save', save], streams)
    expect(streams.out()).toMatch(/other adapter +3 of 3 +100 %/)
    expect(code).toBe(0)
    const { analysis, variants } = JSON.parse(readFileSync(save, 'utf8')) as SensitivityReport
    expect(variants).toEqual(['haswell', 'sse42', 'sandybridge'])
    expect(analysis.honest).toMatchObject({ exactWrong: 0, calledWrong: 0 })
    const grinding = analysis.rows.find(({ lie }) => lie === 'seed grinding')!
    expect(grinding).toMatchObject({ cameOutTrue: grinding.answers, exact: { judged: 0 } })
  }, 300_000)
})
