/** Plays the loop on an empty data folder and prints what each stage took, and tokens a second of training and serving. */
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { openSession } from '../context/Session.ts'
import { Output } from '../output/Output.ts'
import { up } from '../up/up.ts'
import { ask } from '../verbs/ask.ts'
import { samplePlan } from '../up/samplePlan.ts'
import { parseOpen } from '@openledger/protocol'

const streams = { stdout: (text: string) => void process.stdout.write(text), stderr: (text: string) => void process.stderr.write(text), isTerminal: process.stderr.isTTY === true }
const rounds = 5
const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const folder = await mkdtemp(path.join(tmpdir(), 'openledger-bench-'))
const data = path.join(folder, 'data')
const output = new Output(streams, false)
output.line(`${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}`)
try {
  const running = await up({ data, json: false, port: 0, epochSeconds: 0, disputeWindow: 2, sample: true }, output)
  const session = await openSession({ data, json: true, url: running.url }, new Output(streams, true))
  const serve = async (model: string): Promise<number> => {
    const rates: number[] = []
    for (let round = 0; round < rounds; round++) {
      const started = performance.now()
      const { view } = await ask(session, { model, question: samplePlan.questions[round % samplePlan.questions.length], payer: 'payer', maxTokens: 64, temperature: 0, deposit: parseOpen('20') })
      rates.push(view.outputTokens / ((performance.now() - started) / 1000))
    }
    return median(rates)
  }
  const figures = [
    ['training', running.figures.get('training tokens/s') ?? Number.NaN],
    ['one client, base', await serve('openledger-tiny')],
    [`one client, adapter, with receipt, attribution and voucher`, await serve(`openledger-tiny:${samplePlan.model}`)],
  ] as const
  output.line()
  output.table(['stage', 'seconds'], [...running.times.map((t) => [t.stage, t.seconds.toFixed(1)]), ['all', running.times.reduce((sum, t) => sum + t.seconds, 0).toFixed(1)]])
  output.line()
  output.table(['tokens a second', 'median'], figures.map(([name, rate]) => [name, rate.toFixed(0)]))
  output.line(running.verdict)
  await running.stop()
} finally {
  await rm(folder, { recursive: true, force: true })
}
