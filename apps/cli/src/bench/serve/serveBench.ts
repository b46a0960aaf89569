import { setMaxListeners } from 'node:events'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { type EngineOptions, ModelTokenizer, type NumericsProfile } from '@openledger/engine'
import { fail } from '@openledger/protocol'
import type { Output } from '../../output/Output.ts'
import { AdapterFiles } from './material/AdapterFiles.ts'
import { type BenchType } from './material/randomTensor.ts'
import { writeBenchModel } from './material/writeBenchModel.ts'
import { type Machine, machineLine, readMachine } from './measure/machineLine.ts'
import { OtherLoad } from './measure/OtherLoad.ts'
import { printResult } from './report/printResult.ts'
import { isMet, type ScenarioResult } from './report/ScenarioResult.ts'
import { allScenarios } from './scenarios/allScenarios.ts'
import type { BenchContext, BenchSettings, Scenario } from './scenarios/BenchContext.ts'
import { EngineTarget } from './targets/EngineTarget.ts'

export type ServeBenchOptions = {
  settings: BenchSettings
  /** Encoding of the model's matrices. */
  type: BenchType
  /** Where model and adapters are kept. */
  work: string
  /** Names of the scenarios to run; none for all that can run. */
  scenarios: readonly string[]
  signal: AbortSignal
  output: Output
}

/** Everything that a run measured. `stopped` says that it ended early. */
export type ServeBenchReport = { machine: Machine; settings: BenchSettings; model: string; /** Of the engine; null when none was started. */ profile: NumericsProfile | null; results: (ScenarioResult & { otherLoad: number; seconds: number })[]; stopped: boolean }

/** From this load, or this share of the processor used by others, figures are said to mean little. */
const busyLoad = 0.5
const busyShare = 0.05

/**
 * Makes a model and adapters, runs the scenarios one after the other and prints what each measured as soon as it has.
 * A signal ends it; what was measured until then is returned.
 * @throws InputError `BENCH_SCENARIO`, `LLAMA_SERVER`; what a scenario throws
 */
export async function serveBench(options: ServeBenchOptions): Promise<ServeBenchReport> {
  const { settings, output, signal } = options
  const chosen = chooseScenarios(options)
  setMaxListeners(0, signal)
  const machine = readMachine()
  output.line(machineLine(machine))
  if (machine.load > busyLoad) output.note(`warning: this machine is busy (load ${machine.load.toFixed(1)}); figures will mean little`)
  const context = await prepare(options, (profile) => {
    if (report.profile) return
    report.profile = profile
    output.line(engineLine(report))
  })
  const report: ServeBenchReport = { machine, settings, model: path.basename(context.model), profile: null, results: [], stopped: false }
  for (const scenario of chosen) {
    const [others, startedAt] = [new OtherLoad(), performance.now()]
    try {
      const result = await scenario.run(context)
      const otherLoad = others.share()
      report.results.push({ ...result, otherLoad, seconds: (performance.now() - startedAt) / 1000 })
      printResult(output, result)
      // A server that the scenario started is not part of this process: there the scenario itself says what others used.
      if (otherLoad > busyShare && scenario.name !== 'llama.cpp') output.line(`  warning: other programs used ${(100 * otherLoad).toFixed(0)} % of the processor meanwhile`)
    } catch (error) {
      if (!signal.aborted) throw error
      report.stopped = true
      output.note('stopped')
      break
    }
  }
  const checks = report.results.flatMap((result) => result.checks)
  output.line()
  output.heading(`${checks.filter(isMet).length} of ${checks.length} promises met${report.stopped ? ', stopped early' : ''}`)
  return report
}

function chooseScenarios({ scenarios, settings }: ServeBenchOptions): Scenario[] {
  const names = allScenarios.map((scenario) => scenario.name)
  const unknown = scenarios.find((name) => !names.includes(name))
  if (unknown !== undefined) fail('BENCH_SCENARIO', `there is no scenario ${unknown}`, { field: 'scenario', fix: `choose from ${names.join(', ')}` })
  if (scenarios.length > 0) return allScenarios.filter((scenario) => scenarios.includes(scenario.name))
  return allScenarios.filter((scenario) => scenario.name !== 'llama.cpp' || settings.llamaServer !== undefined)
}

function engineLine({ model, settings: { threads, kvType }, profile }: ServeBenchReport): string {
  return `${model}, ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${profile?.backend} for ${profile?.isaVariant}, weights in ${profile?.weightsBuffer} memory, attention cache in ${kvType}`
}

async function prepare({ settings, type, work, signal, output }: ServeBenchOptions, onOpen: (profile: NumericsProfile) => void): Promise<BenchContext> {
  mkdirSync(work, { recursive: true })
  const model = writeBenchModel(work, settings.shape, type, settings.seed)
  // Adapters name the base that they fit.
  const text = await ModelTokenizer.open(model)
  const files = new AdapterFiles(work, { id: text.id, config: text.config })
  text.dispose()
  const { promptTokens, answerTokens, clients, threads, kvType, device, extraBuffers } = settings
  const open = async (engine: EngineOptions = {}, adapters?: Parameters<BenchContext['open']>[1]): Promise<EngineTarget> => {
    const positions = Math.min(settings.shape.context, 64 * Math.ceil((2 * promptTokens + 2 * answerTokens) / 64))
    const target = await EngineTarget.open(model, { threads, slots: clients, positions, kvType, extraBuffers, ...(device === undefined ? {} : { device }), maxRows: Math.max(256, 4 * clients), ...engine })
    onOpen(target.info.profile)
    try {
      for (let index = 0; index < (adapters?.count ?? 0); index++) {
        signal.throwIfAborted()
        await target.register([files.peft(adapters!.kind, index)])
      }
      return target
    } catch (error) {
      await target.close()
      throw error
    }
  }
  return { settings, signal, model, files, note: (text) => output.note(text), open }
}
