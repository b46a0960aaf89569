import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { tinyModelPath } from '@openledger/tiny'
import { fail } from '@openledger/protocol'
import type { Output } from '../../output/Output.ts'
import { machineLine, readMachine } from '../serve/measure/machineLine.ts'
import { BankModel } from './bank/BankModel.ts'
import { evaluateSetting } from './evaluateSetting.ts'
import { gamingBench } from './gaming/gamingBench.ts'
import { gamingTable } from './gaming/gamingTable.ts'
import { plantedBench } from './planted/plantedBench.ts'
import { isMet } from './results/MethodResult.ts'
import type { AttributionReport } from './results/AttributionReport.ts'
import { printPlanted, printSetting } from './report/printSetting.ts'
import { glossarySetting } from './settings/glossarySetting.ts'
import { worldSetting } from './settings/worldSetting.ts'

export type AttributionBenchOptions = {
  /** Names of settings; none for all that can run. */
  settings: readonly string[]
  /** JSONL file of the glossary setting. */
  records?: string
  /** Base model; default the project's own. */
  model?: string
  /** Where retrained adapters are kept between runs. */
  work: string
  /** Adapters trained in one call. */
  together: number
  signal: AbortSignal
  output: Output
}

/**
 * Trains the banks of real retrainings (or reads them back), scores every method on each and prints tables, targets and the cross-seed ceiling.
 * @throws InputError `BENCH_SETTING`, `BENCH_RECORDS`; `TRAINING_STOPPED` when the signal ends it, after which a further call goes on
 */
export async function attributionBench({ settings, records, model = tinyModelPath(), work, together, signal, output }: AttributionBenchOptions): Promise<AttributionReport> {
  const names = chooseNames(settings, records)
  const machine = readMachine()
  output.line(machineLine(machine))
  const base = new BankModel(model)
  const note = (text: string): void => output.note(text)
  const report: AttributionReport = { kind: 'openledger/bench-attribution/1', machine, settings: [] }
  const folderOf = (name: string): string => {
    const folder = path.join(work, name)
    mkdirSync(folder, { recursive: true })
    return folder
  }
  try {
    for (const name of names) {
      const common = { base, folder: folderOf(name), together, signal, note }
      if (name === 'planted') printPlanted(output, (report.planted = await plantedBench(common)))
      else if (name !== 'gaming') {
        const result = await evaluateSetting({ ...common, setting: name === 'glossary' ? glossarySetting(records!) : worldSetting() })
        report.settings.push(result)
        printSetting(output, result)
      }
    }
  } finally {
    base.dispose()
  }
  if (names.includes('gaming')) {
    report.gaming = await gamingBench({ work: folderOf('gaming'), signal, onProgress: note })
    if (report.gaming) output.line(gamingTable(report.gaming))
  }
  const targets = [...report.settings, ...(report.planted ? [report.planted] : [])].flatMap((result) => result.targets)
  output.line()
  output.heading(`${targets.filter(isMet).length} of ${targets.length} targets of prediction met`)
  return report
}

function chooseNames(names: readonly string[], records: string | undefined): string[] {
  const known = ['glossary', 'world', 'planted', 'gaming']
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) fail('BENCH_SETTING', `there is no setting ${unknown}`, { field: 'setting', fix: `choose from ${known.join(', ')}` })
  if (names.includes('glossary') && records === undefined) fail('BENCH_RECORDS', 'the glossary setting needs a file of records', { field: 'records', fix: 'name one with --records' })
  return known.filter((name) => (names.length === 0 ? name !== 'glossary' || records !== undefined : names.includes(name)))
}
