import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { tinyModelPath } from '@openledger/tiny'
import { fail } from '@openledger/protocol'
import type { Output } from '../../output/Output.ts'
import { type Machine, machineLine, readMachine } from '../serve/measure/machineLine.ts'
import { BankModel } from './bank/BankModel.ts'
import { evaluateSetting } from './evaluateSetting.ts'
import { isMet, type SettingResult } from './report/MethodResult.ts'
import { printSetting } from './report/printSetting.ts'
import type { BankSetting } from './settings/BankSetting.ts'
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

/** All figures and hashes of a run; no text of any record. */
export type AttributionReport = { kind: 'openledger/bench-attribution/1'; machine: Machine; settings: SettingResult[] }

/**
 * Trains the banks of real retrainings (or reads them back), scores every method on each and prints tables, targets and the cross-seed ceiling.
 * @throws InputError `BENCH_SETTING`, `BENCH_RECORDS`; `TRAINING_STOPPED` when the signal ends it, after which a further call goes on
 */
export async function attributionBench({ settings, records, model = tinyModelPath(), work, together, signal, output }: AttributionBenchOptions): Promise<AttributionReport> {
  const chosen = chooseSettings(settings, records)
  const machine = readMachine()
  output.line(machineLine(machine))
  const base = new BankModel(model)
  const results: SettingResult[] = []
  try {
    for (const setting of chosen) {
      const folder = path.join(work, setting.name)
      mkdirSync(folder, { recursive: true })
      const result = await evaluateSetting({ base, setting, folder, together, signal, note: (text) => output.note(text) })
      results.push(result)
      printSetting(output, result)
    }
  } finally {
    base.dispose()
  }
  const targets = results.flatMap((result) => result.targets)
  output.line()
  output.heading(`${targets.filter(isMet).length} of ${targets.length} targets met`)
  return { kind: 'openledger/bench-attribution/1', machine, settings: results }
}

function chooseSettings(names: readonly string[], records: string | undefined): BankSetting[] {
  const known = ['glossary', 'world']
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) fail('BENCH_SETTING', `there is no setting ${unknown}`, { field: 'setting', fix: `choose from ${known.join(', ')}` })
  if (names.includes('glossary') && records === undefined) fail('BENCH_RECORDS', 'the glossary setting needs a file of records', { field: 'records', fix: 'name one with --records' })
  const wanted = (name: string): boolean => names.length === 0 || names.includes(name)
  return [...(wanted('glossary') && records !== undefined ? [glossarySetting(records)] : []), ...(wanted('world') ? [worldSetting()] : [])]
}
