import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { EngineHost } from '@openledger/engine'
import { tinyModelPath } from '../tinyModelPath.ts'
import { askAll, type Expectation } from './askAll.ts'
import { heldOutQuestions } from './heldOutQuestions.ts'
import { tuneAdapter, type DatanetRecord } from './tuneAdapter.ts'

const sample = fileURLToPath(new URL('../../../../apps/node/sample/', import.meta.url))
const { values } = parseArgs({
  options: {
    model: { type: 'string', default: tinyModelPath() },
    records: { type: 'string', default: join(sample, 'records.jsonl') },
    reworded: { type: 'string', default: join(sample, 'reworded.jsonl') },
    recipe: { type: 'string', default: '{"rank":16,"alpha":32,"learningRate":0.006,"batchSize":16,"epochs":10}' },
    threads: { type: 'string', default: '2' },
    held: { type: 'string', default: '150' },
    wrong: { type: 'string', default: '8' },
  },
})
const lines = <T>(path: string): T[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as T)
const folder = mkdtempSync(join(tmpdir(), 'tiny-evaluation-'))
const engine = new EngineHost({ threads: Number(values.threads) })
try {
  await engine.loadModel(values.model)
  const report = async (name: string, adapterId: Parameters<typeof askAll>[1], expectations: readonly Expectation[]): Promise<void> => {
    const { asked, exact, near, meanF1, wrong } = await askAll(engine, adapterId, expectations)
    console.log(
      `${name}: asked ${asked}, exact ${exact} (${Math.round((100 * exact) / asked)} %), near ${near} (${Math.round((100 * near) / asked)} %), mean word F1 ${meanF1.toFixed(3)}`,
    )
    for (const each of wrong.slice(0, Number(values.wrong))) console.log(`    ${each.question}\n      said     ${each.answer}\n      expected ${each.expected}`)
  }
  for (const [name, expectations] of Object.entries(heldOutQuestions(Number(values.held)))) await report(`base, ${name}`, null, expectations)

  const records = lines<DatanetRecord>(values.records)
  const answers = new Map(records.map((record) => [record.prompt, record.completion]))
  const trained = records.map(({ prompt, completion }) => ({ question: prompt, expected: completion }))
  const reworded = lines<{ question: string; prompt: string }>(values.reworded).flatMap(({ question, prompt }) => {
    const expected = answers.get(prompt)
    return expected === undefined ? [] : [{ question, expected }]
  })
  const began = performance.now()
  const run = await tuneAdapter(engine, records, JSON.parse(values.recipe) as object, folder)
  const seconds = (performance.now() - began) / 1000
  console.log(
    `tuned on ${records.length} records in ${seconds.toFixed(1)} s, ${run.steps} steps; loss ${run.lossBase.toFixed(3)} -> ${run.lossFinal.toFixed(3)}`,
  )
  const adapterId = await engine.registerAdapter(run.folder)
  await report('adapter, trained questions', adapterId, trained)
  if (reworded.length > 0) await report('adapter, re-worded questions', adapterId, reworded)
} finally {
  await engine.close()
  rmSync(folder, { recursive: true })
}
