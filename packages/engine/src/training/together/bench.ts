/**
 * Prints what counterfactual training costs on this machine, in processor time of one thread:
 * `npx tsx packages/engine/src/training/together/bench.ts [--records FILE] [--model FILE] [--steps N] [--batch N] [--rank N]`.
 * FILE holds a JSON object per line: contributor, prompt, completion. Without it records are made up, of like length, by 16 contributors.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Backend, loadGgml } from '@openledger/tensor'
import type { Model } from '../../model/Model.ts'
import { loadModel } from '../../model/loadModel.ts'
import { encodeChat } from '../../template/encodeChat.ts'
import { fullAdapterRecipe } from '../AdapterRecipe.ts'
import { exampleOrder } from '../exampleOrder.ts'
import { FrozenBase } from '../FrozenBase.ts'
import { initialAdapter } from '../initialAdapter.ts'
import { loraLayout } from '../LoraLayout.ts'
import { supervisedWeight } from '../microBatches.ts'
import { Random } from '../Random.ts'
import { trainAdapter } from '../trainAdapter.ts'
import type { TrainingExample } from '../TrainingExample.ts'
import { leaveOneOut } from './Coalition.ts'
import { CoalitionState } from './CoalitionState.ts'
import { ControlVariate } from './ControlVariate.ts'
import { FullRun } from './FullRun.ts'
import { graphTokensFor } from './graphTokensFor.ts'
import { JointGradients } from './JointGradients.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({ options: { records: text, model: text, steps: text, batch: text, rank: text } })
const steps = Number(values.steps ?? 2)
const model = loadModel(values.model ?? fileURLToPath(new URL('../../../../../models/tiny/weights/openledger-tiny.gguf', import.meta.url)), new Backend(loadGgml(), 1))
const examples = encode(model, values.records === undefined ? madeUp() : readRecords(values.records))
const contributors = 1 + Math.max(...examples.map(({ group }) => group))
const warmUp = 1
const plan = fullAdapterRecipe({ batchSize: Number(values.batch ?? 16), rank: Number(values.rank ?? 16), steps: warmUp + steps })
const order = exampleOrder(examples, plan)
const measured = Array.from({ length: steps }, (_, i) => order(warmUp + i))
const tokens = measured.flat().reduce((sum, example) => sum + example.tokens.length - 1, 0)
console.log(`${contributors} contributors; ${steps} steps of ${plan.batchSize} records, ${(tokens / measured.flat().length).toFixed(1)} tokens each; rank ${plan.rank}, ${plan.precision}; one thread`)
console.log(`\n${'processor time per step'.padEnd(58)}${'ms'.padStart(8)}${'tokens/s'.padStart(10)}${'of one'.padStart(8)}`)

/** Milliseconds of processor time so far, of all threads of this process. */
function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

let one = 0
function report(label: string, ms: number, adapters: number): number {
  if (one === 0) one = ms
  console.log(`${label.padEnd(58)}${ms.toFixed(0).padStart(8)}${((adapters * tokens) / steps / (ms / 1000)).toFixed(0).padStart(10)}${(ms / one).toFixed(2).padStart(8)}`)
  return ms
}

let before = 0
await trainAdapter(model, examples, plan, { onProgress: ({ step }) => void (step === warmUp ? (before = processorTime()) : step === plan.steps && (before = processorTime() - before)) })
report('one training, as trainAdapter does it', before / steps, 1)

const base = new FrozenBase(model, plan.precision)
const layout = loraLayout(model.config, () => ({ rank: plan.rank, scale: plan.alpha / plan.rank }))
const initial = initialAdapter(layout, plan.seed)
const full = new FullRun(base, layout, contributors, initial, plan)
const states = leaveOneOut(contributors).slice(1).map((coalition) => new CoalitionState(coalition, initial, plan))

/** Mean processor time of a step of all leave-one-out adapters, and, when some of each batch is taken, of what only that needs. */
function timed(graphTokens: number, variate?: ControlVariate): number {
  const joint = new JointGradients(base, layout, plan.microTokens, graphTokens)
  let spent = 0
  for (let step = 0; step < warmUp + steps; step++) {
    const batch = order(step)
    const part = variate?.part(batch, step)
    if (variate) full.compute(batch, part)
    const start = processorTime()
    joint.compute(part ?? batch, supervisedWeight(batch), states)
    if (variate && part) variate.complete(full.gradients, batch.length / part.length, states)
    for (const state of states) state.update(1e-4, plan.clipNorm)
    if (step >= warmUp) spent += processorTime() - start
  }
  joint.dispose()
  return spent / steps
}

function timedFull(): number {
  let start = 0
  for (let step = 0; step < warmUp + steps; step++) {
    if (step === warmUp) start = processorTime()
    full.compute(order(step))
    full.state.update(1e-4, plan.clipNorm)
  }
  return (processorTime() - start) / steps
}

const without = contributors * (1 - 1 / contributors)
const apart = report(`${contributors} leave-one-out adapters, one after another (× ${contributors})`, contributors * timedFull(), without)
report('  examples kept alone, beginnings shared, one to a graph', timed(1), without)
const together = report('  and together in joint graphs', timed(graphTokensFor(base.shape)), without)
const part = report('  and a third of each batch (control variate)', timed(graphTokensFor(base.shape), new ControlVariate(1 / 3, plan.seed)), without)
console.log(`\ntogether against one after another: ${(apart / together).toFixed(2)} times as fast (target 1.5)`)
console.log(`${contributors} leave-one-out adapters add ${(together / one).toFixed(2)} times one training, exact; ${(part / one).toFixed(2)} times, subsampled (target 8)`)
full.dispose()
base.dispose()

type Line = { contributor: string; prompt: string; completion: string }

function readRecords(path: string): Line[] {
  return readFileSync(path, 'utf8').trim().split('\n').slice(0, 1000).map((line) => JSON.parse(line) as Line)
}

function madeUp(): Line[] {
  const random = new Random(7)
  const words = 'river stone mill garden winter letter market bridge copper song north glass field harbour lamp thread'.split(' ')
  const some = (count: number): string => Array.from({ length: count }, () => words[random.below(words.length)]).join(' ')
  return Array.from({ length: 320 }, (_, i) => ({ contributor: `c${i % 16}`, prompt: `What is a ${some(2)}?`, completion: `A ${some(5 + random.below(9))}.` }))
}

function encode({ template, vocabulary, config }: Model, lines: readonly Line[]): TrainingExample[] {
  const names = [...new Set(lines.map(({ contributor }) => contributor))]
  return lines
    .map(({ contributor, prompt, completion }) => {
      const question = { role: 'user' as const, content: prompt }
      const asked = encodeChat(template!, vocabulary, [question]).tokens
      const whole = encodeChat(template!, vocabulary, [question, { role: 'assistant' as const, content: completion }], false).tokens
      return { tokens: whole.slice(0, -1), supervisedFrom: asked.length, group: names.indexOf(contributor) }
    })
    .filter(({ tokens }) => tokens.length <= Math.min(257, config.context))
}
