import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { queryTolerance } from '@openledger/audit'
import { EngineHost, type ModelInfo } from '@openledger/engine'
import { tinyModelPath } from '@openledger/tiny'
import type { Output } from '../../output/Output.ts'
import { Progress } from '../../output/Progress.ts'
import { machineLine, readMachine, type Machine } from '../serve/measure/machineLine.ts'
import { quantile } from '../serve/measure/quantile.ts'
import { printResult } from '../serve/report/printResult.ts'
import type { ScenarioResult } from '../serve/report/ScenarioResult.ts'
import type { AuditBenchSettings } from './AuditBenchSettings.ts'
import { openAuditWorld } from './AuditWorld.ts'
import { drillDownRecall } from './drillDownRecall.ts'
import { makeAnswers } from './makeAnswers.ts'
import { recomputeAnswers, type Recomputed } from './recomputeAnswers.ts'

export type AuditBenchReport = { machine: Machine; settings: AuditBenchSettings; variants: [string, string]; results: ScenarioResult[] }

async function withEngine<T>(variant: string | undefined, threads: number, use: (host: EngineHost, info: ModelInfo) => Promise<T>): Promise<T> {
  const host = new EngineHost({ variant, threads, slots: 1 })
  try {
    return await use(host, await host.loadModel(tinyModelPath()))
  } finally {
    await host.close()
  }
}

function resultOf(what: string, workload: ScenarioResult['workload'], found: readonly Recomputed[], exact: boolean): ScenarioResult {
  const count = (test: (r: Recomputed) => boolean): number => found.filter(test).length
  const many = found.length
  const apart = found.map((r) => r.relativeL2)
  const inside = count((r) => !r.identical && r.relativeL2 <= queryTolerance.relativeL2)
  const figure = (name: string, unit: string, value: number): ScenarioResult['figures'][number] => ({ name, unit, values: [value] })
  return {
    scenario: what,
    about: 'answers attributed under one CPU build, audited under another',
    workload,
    figures: [
      figure('values recomputed per answer', '', found.reduce((sum, r) => sum + r.values, 0) / many),
      figure('vectors re-derived exactly', `of ${many}`, count((r) => r.identical)),
      figure('vectors within tolerance', `of ${many}`, inside),
      figure('vectors outside', `of ${many}`, count((r) => r.relativeL2 > queryTolerance.relativeL2)),
      figure('relative L2, median', '', quantile(apart, 0.5)),
      figure('relative L2, p99', '', quantile(apart, 0.99)),
      figure('relative L2, largest', '', quantile(apart, 1)),
      figure('loss measured again, largest difference', 'micro-nats', quantile(found.map((r) => r.lossDifference), 1)),
      figure('shares by the vector measured again, median difference', 'ppm', quantile(found.map((r) => r.shareDifferencePpm), 0.5)),
      figure('shares by the vector measured again, largest difference', 'ppm', quantile(found.map((r) => r.shareDifferencePpm), 1)),
    ],
    checks: [
      { name: `identical shares of ${many}`, value: count((r) => r.sameShares), unit: '', atLeast: many },
      exact
        ? { name: `vectors re-derived exactly of ${many}`, value: count((r) => r.identical), unit: '', atLeast: many }
        : { name: `vectors exact or within tolerance of ${many}`, value: count((r) => r.identical) + inside, unit: '', atLeast: many },
      { name: `same leading contributor of ${many}`, value: count((r) => r.sameFirst), unit: '', atLeast: Math.floor(0.99 * many) },
    ],
    remarks: [`tolerance: relative L2 of ${queryTolerance.relativeL2}`],
  }
}

/**
 * Attributes many answers under one CPU build of ggml and audits them under another and under the same: shares must be identical, since they follow
 * from the published int8 vector; the vector itself must come out the same within one build, and near across builds.
 */
export async function auditBench(settings: AuditBenchSettings, output: Output): Promise<AuditBenchReport> {
  mkdirSync(settings.work, { recursive: true })
  const machine = readMachine()
  output.line(machineLine(machine))
  const progress = new Progress(output, 'answers')
  const count = (text: string) => (done: number) => progress.update({ done, total: settings.answers, text })
  try {
    const made = await withEngine(settings.variant, settings.threads, async (host, info) => {
      const world = await openAuditWorld(host, info, settings)
      const { isaVariant } = info.profile
      const answers = await makeAnswers(host, world, settings, isaVariant, count('attributed'))
      const ranked = answers.slice(0, settings.drillDowns)
      const records = await drillDownRecall(host, info, world, ranked, { work: settings.work, variant: isaVariant }, (done) => progress.update({ done, total: ranked.length, text: 'records ranked' }))
      return { world, isaVariant, answers, records }
    })
    const { world, answers, records, isaVariant: variant } = made
    const audit = (otherVariant: string): Promise<Recomputed[]> =>
      withEngine(otherVariant, settings.threads, async (host) => {
        await host.registerAdapter(world.adapterFolder)
        return recomputeAnswers(host, world, answers, { work: settings.work, variant, otherVariant }, count(`audited by ${otherVariant}`))
      })
    const other = await audit(settings.otherVariant)
    const same = await audit(variant)
    progress.stop()
    const workload = {
      answers: answers.length,
      contributors: world.index.contributors.length,
      records: world.records.length,
      parameters: world.table.parameterCount,
      'answer tokens': Math.round(answers.reduce((sum, a) => sum + a.answer.length, 0) / answers.length),
      'made by': variant,
    }
    const results = [
      resultOf('another build', { ...workload, 'audited by': settings.otherVariant }, other, settings.otherVariant === variant),
      resultOf('the same build', { ...workload, 'audited by': variant }, same, true),
      records,
    ]
    for (const result of results) printResult(output, result)
    output.line(`kept in ${path.resolve(settings.work)}`)
    return { machine, settings, variants: [variant, settings.otherVariant], results }
  } finally {
    progress.stop()
  }
}
