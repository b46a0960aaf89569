import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Output } from '../../output/Output.ts'
import { Progress } from '../../output/Progress.ts'
import { machineLine, readMachine, type Machine } from '../serve/measure/machineLine.ts'
import { analyse, type SensitivityAnalysis } from './analysis/analyse.ts'
import { measureClaims } from './measure/measureClaims.ts'
import { summaryLines, tableRows, tableTitles } from './report/sensitivityTable.ts'
import type { SensitivitySettings } from './SensitivitySettings.ts'
import { openSensitivityWorld } from './world/openSensitivityWorld.ts'

export type SensitivityReport = { machine: Machine; settings: Omit<SensitivitySettings, 'work'>; variants: string[]; base: string; analysis: SensitivityAnalysis }

/**
 * Measures which lies of a node each test finds: trains adapters, has nodes answer honestly and in each way of lying, judges all of it by execution under the same CPU build
 * and by margins and fingerprints under others, sets thresholds by the honest answers and counts.
 */
export async function sensitivityBench(settings: SensitivitySettings, output: Output): Promise<SensitivityReport> {
  mkdirSync(settings.work, { recursive: true })
  const machine = readMachine()
  output.line(machineLine(machine))
  const progress = new Progress(output, 'answers')
  try {
    output.note('training the adapters, unless that was done before')
    const world = await openSensitivityWorld(settings)
    const measured = await measureClaims(world, settings, (done, total) => progress.update({ done, total, text: 'judged' }))
    progress.stop()
    const analysis = analyse(measured)
    output.line()
    output.heading(`answers of ${measured.variant}, judged by the same build and by ${measured.others.join(' and ')}`)
    for (const line of summaryLines(analysis)) output.line(`  ${line}`)
    output.line()
    output.table([...tableTitles], tableRows(analysis))
    output.line(`kept in ${path.resolve(world.folder)}`)
    const { work: _, ...kept } = settings
    return { machine, settings: kept, variants: [measured.variant, ...measured.others], base: 'openledger-tiny (Q8_0)', analysis }
  } finally {
    progress.stop()
  }
}
