import {
  answerEvidence,
  buildInfluenceTable,
  buildSpanIndex,
  heldOutRecords,
  measureHeldOut,
  scoreAtoms,
  snapshotCorpus,
  SpanFinder,
  type CorpusRecord,
  type InfluenceTable,
  type MethodName,
  type SnapshotCorpus,
} from '@openledger/attribution'
import { adapterFromParameters, AdapterProbe, type Adapter, type AdapterRecipe, type LoraLayout, type TrainingExample } from '@openledger/engine'
import { tokenHash } from '@openledger/protocol'
import { byContributor } from '../baselines/byContributor.ts'
import { dataInf } from '../baselines/dataInf.ts'
import { addDense, gram } from '../baselines/gram.ts'
import { gradDot } from '../baselines/tracIn.ts'
import type { AnsweredQuestion, Evidence } from './Evidence.ts'
import type { GamingEngine } from './GamingEngine.ts'
import type { Question } from './gamingWorld.ts'
import { accountOf } from './sealPlay.ts'
import { trainPlay, type TrainedPlay } from './trainPlay.ts'

/** The damping that DataInf's authors propose. */
const dataInfDamping = 0.1

export type MeasureInput = {
  engine: GamingEngine
  /** Sealed, in the order of their commitment. */
  records: readonly CorpusRecord[]
  questions: readonly Question[]
  recipe: AdapterRecipe
  method: MethodName
  /** One of every so many of a contributor's records is held out. */
  holdOutOneIn: number
}

/** Trains on sealed records, asks all questions and measures every answer as the product does, and by the baselines. */
export async function measureTraining({ engine, records, questions, recipe, method, holdOutOneIn }: MeasureInput): Promise<Evidence> {
  const began = performance.now()
  const out = new Set(heldOutRecords(records, { oneIn: holdOutOneIn, fromRecords: 1 }))
  const corpus = await snapshotCorpus(records, engine.tokenizer, recipe.maxLength)
  // Examples stand in the order of the records of weight; those held out keep their weight and are not trained on.
  const weighted = [...records.keys()].filter((i) => records[i]!.weight > 0)
  const isOut = corpus.examples.map((_, e) => out.has(weighted[e]!))
  const trained = corpus.examples.filter((_, e) => !isOut[e])
  const heldOut = corpus.examples.filter((_, e) => isOut[e])
  const play = await trainPlay(engine.model, trained, recipe, corpus.contributors.length, method)
  const adapter = adapterFromParameters({ layout: play.layout, weights: play.weights }, recipe, engine.model)
  const probe = new AdapterProbe(engine.model, recipe)
  try {
    // θ less a trajectory's part is no model that anybody would have got: it judges nobody.
    const judged = method !== 'trajectory' && heldOut.length > 0
    const losses = judged ? await measureHeldOut({ engine: engine.host, shape: recipe, weights: play.weights, responses: play.responses, heldOut }) : null
    const table = tableOf(play, corpus, adapter, engine)
    const answers = await engine.serving(adapter, async (adapterId) => {
      const finder = new SpanFinder(buildSpanIndex(corpus.spanRecords, corpus.contributors))
      const answered: AnsweredQuestion[] = []
      for (const question of questions) answered.push(await answerOne({ engine, question, table: { ...table, adapterId }, finder }))
      return answered
    })
    await addBaselines({ probe, play, trained, answers, engine, contributors: corpus.contributors.length, questions })
    return {
      atoms: corpus.contributors.map((contributor, a) => ({ account: accountOf(contributor), trainingWeight: corpus.weights[a]! })),
      heldOut: losses,
      answers,
      training: { steps: play.steps, loss: meanLoss(probe.losses(play.weights, trained)), seconds: (performance.now() - began) / 1000 },
    }
  } finally {
    probe.dispose()
  }
}

function tableOf(play: TrainedPlay, corpus: SnapshotCorpus, adapter: Adapter, engine: GamingEngine): InfluenceTable {
  const atoms = corpus.contributors.map((contributor, a) => ({ contributor, trainingWeight: corpus.weights[a]! }))
  return buildInfluenceTable(play.responses, { method: play.method, adapterId: adapter.id, baseId: engine.model.id, atoms })
}

const meanLoss = (losses: Float64Array): number => losses.reduce((sum, loss) => sum + loss, 0) / losses.length

async function answerOne({ engine, question, table, finder }: { engine: GamingEngine; question: Question; table: InfluenceTable; finder: SpanFinder }): Promise<AnsweredQuestion> {
  const { prompt, answer } = await engine.ask(table.adapterId, question.prompt)
  const text = await engine.host.detokenize(answer)
  const measured = await answerEvidence(engine.answers, table, prompt, answer)
  const scores = scoreAtoms(table, measured.query)
  return {
    topic: question.topic,
    answerKey: tokenHash(`0x${'11'.repeat(32)}`, [...prompt, ...answer]),
    text,
    losses: measured.losses,
    scores: { exponent: scores.exponent, values: scores.values.map(String) },
    witnesses: [...new Set(finder.find(answer, measured.wordStarts).map(({ source }) => accountOf(source.contributor)))],
    gradDot: [],
    dataInf: [],
  }
}

type BaselineInput = { probe: AdapterProbe; play: TrainedPlay; trained: readonly TrainingExample[]; answers: AnsweredQuestion[]; engine: GamingEngine; contributors: number; questions: readonly Question[] }

/** GradDot and DataInf at the trained parameters, added up by contributor. */
async function addBaselines({ probe, play, trained, answers, engine, contributors, questions }: BaselineInput): Promise<void> {
  const asked = await Promise.all(
    answers.map(async ({ text }, q) => {
      const { tokens: prompt } = await engine.host.encodeChat([{ role: 'user', content: questions[q]!.prompt }])
      const answer = await engine.host.tokenize(text, { addSpecial: false })
      return { tokens: [...prompt, ...(answer.length > 0 ? answer : [0])], supervisedFrom: prompt.length, group: 0 }
    }),
  )
  const gradientsOf = (examples: readonly TrainingExample[]): Float32Array[] => {
    const rows: Float32Array[] = []
    probe.gradients(play.weights, examples, (i, gradient) => (rows[i] = gradient))
    return rows
  }
  const train = gradientsOf(trained)
  const query = gradientsOf(asked)
  const blocks = blocksOf(play.layout).map(({ from, to }) => ({ size: to - from, train: gram(train, train, { from, to }, true), cross: gram(query, train, { from, to }) }))
  const groups = trained.map(({ group }) => group)
  const dot = byContributor(gradDot(addDense(blocks.map(({ cross }) => cross))), groups, contributors)
  const inf = byContributor(dataInf(blocks, dataInfDamping), groups, contributors)
  answers.forEach((answer, q) => {
    answer.gradDot = [...dot[q]!]
    answer.dataInf = [...inf[q]!]
  })
}

/** The two matrices of every slot. */
const blocksOf = ({ slots }: LoraLayout): { from: number; to: number }[] =>
  slots.flatMap(({ offsetA, offsetB, rank, output }) => [
    { from: offsetA, to: offsetB },
    { from: offsetB, to: offsetB + rank * output },
  ])
