import { EngineHost, loraFactors, type TrainingExample } from '@openledger/engine'
import { type BankSide, type QuerySetName, querySets } from '../bank/BankSide.ts'
import { bm25 } from '../baselines/bm25.ts'
import { byContributor } from '../baselines/byContributor.ts'
import { dataInf } from '../baselines/dataInf.ts'
import { correctedEigenvalues, KroneckerBasis } from '../baselines/ekFac.ts'
import { empiricalFisher, trackStar } from '../baselines/empiricalFisher.ts'
import { addDense, type Block, type Dense, denseRows, gram } from '../baselines/gram.ts'
import { adamDirection, adamScaled, normalizeRows } from '../baselines/less.ts'
import { gradDot, tracIn } from '../baselines/tracIn.ts'
import type { ScoreTable } from '../statistics/Retrained.ts'
import type { Method } from './Method.ts'

type BySet<T> = Record<QuerySetName, T>
const dampings = [0.001, 0.01, 0.1, 1, 10]

/** All baselines on one bank: influence from gradients, from the optimiser's states, and from text alone. */
export async function baselineMethods(side: BankSide, note: (text: string) => void): Promise<Method[]> {
  const groups = side.examples.map(({ group }) => group)
  const summed = (scores: BySet<ScoreTable>): BySet<ScoreTable> => eachSet((set) => byContributor(scores[set], groups, side.contributors))
  const method = (name: string, about: string, variants: Iterable<readonly [string, BySet<ScoreTable>]>): Method => ({
    ...{ name, about, ours: false, inNats: false },
    variants: new Map([...variants].map(([label, scores]) => [label, summed(scores)])),
  })
  const damped = (scores: (damping: number) => BySet<ScoreTable>) => dampings.map((damping) => [`damping ${damping}`, scores(damping)] as const)

  note('gradients along the run')
  const along = alongTheRun(side)
  note('gradients at the end')
  const last = gradientsAt(side, side.run.checkpoints.at(-1)!.weights)
  const blocks = matrixBlocks(side)
  const products = blocks.map((block) => ({ size: block.to - block.from, train: gram(last.train, last.train, block, true), cross: eachSet((set) => gram(last.queries[set], last.train, block)) }))
  const train = addDense(products.map((block) => block.train))
  const cross = eachSet((set) => addDense(products.map((block) => block.cross[set])))
  const methods = [
    method('GradDot', 'inner product of gradients', [['', eachSet((set) => gradDot(cross[set]))]]),
    method('TracIn', 'over five checkpoints, by learning rate', [['', eachSet((set) => tracIn(along.crosses[set], along.rates))]]),
    method('DataInf', 'mean of per-example inverses, per matrix', damped((damping) => eachSet((set) => dataInf(products.map((block) => ({ ...block, cross: block.cross[set] })), damping)))),
    method('LESS-like', 'Adam directions, cosines, over five checkpoints', [['', eachSet((set) => tracIn(along.cosines[set], along.rates))]]),
    method('LoGra / eFIM', 'exact empirical Fisher over all parameters', damped((damping) => eachSet((set) => empiricalFisher(train, cross[set], damping).scores))),
  ]
  note('TrackStar')
  const state = side.run.checkpoints.at(-1)!
  const scaled = last.train.map((gradient) => adamScaled(gradient, state, side.recipe))
  const whole = { from: 0, to: side.full.length }
  const scaledTrain = gram(scaled, scaled, whole, true)
  const scaledCross = eachSet((set) => gram(last.queries[set].map((gradient) => adamScaled(gradient, state, side.recipe)), scaled, whole))
  methods.push(method('TrackStar-like', 'second moments, Fisher, unit length', damped((damping) => eachSet((set) => trackStar(scaledTrain, scaledCross[set], damping)))))
  note('EK-FAC')
  methods.push(method('EK-FAC', 'Kronecker eigenbasis, corrected eigenvalues', ekFacVariants(side, last)))
  note('texts')
  const tokens = (list: readonly TrainingExample[]): number[][] => list.map((example) => Array.from(example.tokens))
  const weights = [[0.9, 0.4], [1.2, 0.75], [2, 0.75]] as const
  methods.push(method('BM25', 'words of question and answer', weights.map(([k1, b]) => [`k1 ${k1}, b ${b}`, eachSet((set) => bm25(tokens(side.queries[set].examples), tokens(side.examples), k1, b))])))
  const similar = await embeddingSimilarity(side)
  methods.push(method('embedding similarity', 'cosine of the base’s mean hidden states', [['', similar]]))
  return methods
}

const eachSet = <T>(make: (set: QuerySetName) => T): BySet<T> => Object.fromEntries(querySets.map((set) => [set, make(set)])) as BySet<T>

type Gradients = { train: Float32Array[]; queries: BySet<Float32Array[]> }

function gradientsAt({ probe, examples, queries }: BankSide, weights: Float32Array): Gradients {
  const of = (list: readonly TrainingExample[]): Float32Array[] => {
    const rows: Float32Array[] = []
    probe.gradients(weights, list, (i, gradient) => (rows[i] = gradient))
    return rows
  }
  return { train: of(examples), queries: eachSet((set) => of(queries[set].examples)) }
}

/** Inner products at every checkpoint: plain ones for TracIn, cosines of Adam's directions for LESS. */
function alongTheRun(side: BankSide): { crosses: BySet<Dense[]>; cosines: BySet<Dense[]>; rates: number[] } {
  const crosses = eachSet((): Dense[] => [])
  const cosines = eachSet((): Dense[] => [])
  const whole = { from: 0, to: side.full.length }
  for (const state of side.run.checkpoints) {
    const { train, queries } = gradientsAt(side, state.weights)
    for (const set of querySets) crosses[set].push(gram(queries[set], train, whole))
    const directions = train.map((gradient) => adamDirection(gradient, state, side.recipe))
    normalizeRows(directions)
    for (const set of querySets) {
      normalizeRows(queries[set])
      cosines[set].push(gram(queries[set], directions, whole))
    }
  }
  return { crosses, cosines, rates: side.run.checkpoints.map(({ rate }) => rate) }
}

/** The ranges of the matrices A and B of every module. */
function matrixBlocks({ probe }: BankSide): Block[] {
  return probe.layout.slots.flatMap(({ offsetA, offsetB, output, rank }) => [
    { from: offsetA, to: offsetB },
    { from: offsetB, to: offsetB + output * rank },
  ])
}

function ekFacVariants(side: BankSide, { train, queries }: Gradients): (readonly [string, BySet<ScoreTable>])[] {
  const factors = loraFactors(side.base.model, side.recipe, side.run.checkpoints.at(-1)!.weights, side.examples)
  const basis = new KroneckerBasis(
    factors.flatMap(({ slot, inputs, innerGradients, inner, outputGradients }) => [
      { from: slot.offsetA, rows: slot.rank, columns: slot.input, left: innerGradients, right: inputs },
      { from: slot.offsetB, rows: slot.output, columns: slot.rank, left: outputGradients, right: inner },
    ]),
  )
  const rotated = train.map((gradient) => basis.rotate(gradient))
  const turned = eachSet((set) => queries[set].map((gradient) => basis.rotate(gradient)))
  const whole = { from: 0, to: side.full.length }
  return dampings.map((damping) => {
    const eigenvalues = correctedEigenvalues(rotated, basis.blocks, damping)
    const divided = rotated.map((row) => row.map((value, i) => (eigenvalues[i] > 0 ? value / eigenvalues[i] : 0)))
    return [`damping ${damping}`, eachSet((set) => denseRows(gram(turned[set], divided, whole)))] as const
  })
}

async function embeddingSimilarity({ base, examples, queries }: BankSide): Promise<BySet<ScoreTable>> {
  const engine = new EngineHost({ threads: 1 })
  try {
    await engine.loadModel(base.path)
    const embed = async (list: readonly TrainingExample[]): Promise<Float32Array[]> => {
      const rows = await Promise.all(list.map(({ tokens }) => engine.embed(Array.from(tokens))))
      const copies = rows.map((row) => Float32Array.from(row))
      normalizeRows(copies)
      return copies
    }
    const train = await embed(examples)
    const block = { from: 0, to: train[0].length }
    const scores = {} as BySet<ScoreTable>
    for (const set of querySets) scores[set] = denseRows(gram(await embed(queries[set].examples), train, block))
    return scores
  } finally {
    await engine.close()
  }
}
