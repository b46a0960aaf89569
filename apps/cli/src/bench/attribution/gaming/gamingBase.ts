import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { BpeEncoder, namedTensors, pretrain, trainBpe, type ModelShape, type PretrainRecipe } from '@openledger/engine'
import { controlTokens, modelFile, writeDocuments } from '@openledger/tiny'

const shape: ModelShape = { vocab: 1024, dim: 128, layers: 2, heads: 4, kvHeads: 2, ff: 352, ctx: 512, ropeTheta: 10_000, rmsEps: 1e-5, tied: true }
const recipe = { steps: 500, length: 128, microRows: 16, accumulate: 1, warmup: 30, learningRate: 4e-3, seed: 1 } satisfies Partial<PretrainRecipe>
const vocabularyDocuments = 3000

/**
 * The base model of the gaming benchmark: half a million parameters, trained for about a minute on the tiny model's generated English, so that it
 * speaks in questions and answers but knows nothing of a gaming world. Made once per folder; equal builds give equal bytes.
 * @returns the path of the GGUF file
 */
export async function gamingBase(folder: string, onProgress: (line: string) => void = () => undefined): Promise<string> {
  const file = path.join(folder, 'gaming-base.gguf')
  if (existsSync(file)) return file
  mkdirSync(folder, { recursive: true })
  const texts: string[] = []
  for (const document of take(writeDocuments(21), vocabularyDocuments)) texts.push(...document.split(/<\|im_start\|>(?:user|assistant|system)\n|<\|im_end\|>/))
  const vocabulary = trainBpe(texts, shape.vocab, controlTokens)
  const tokens = stream(new BpeEncoder(vocabulary), recipe.steps * recipe.length * recipe.microRows + 1)
  const result = await pretrain(shape, { tokens, documentStart: controlTokens.indexOf('<|bos|>') }, recipe, {
    checkpointDir: folder,
    onProgress: ({ step, loss }) => {
      if (step % 100 === 0) onProgress(`base: step ${step} of ${recipe.steps}, loss ${loss.toFixed(2)}`)
    },
  })
  writeFileSync(file, modelFile(shape, vocabulary, namedTensors(result.layout, result.weights), 'F32'))
  return file
}

/** Documents one after the other, each opened by the start token, until there are enough tokens. */
function stream(encoder: BpeEncoder, count: number): Uint16Array {
  const tokens: number[] = []
  for (const document of writeDocuments(22)) {
    tokens.push(controlTokens.indexOf('<|bos|>'), ...encoder.encode(document, { control: true }))
    if (tokens.length >= count) break
  }
  return Uint16Array.from(tokens.slice(0, count))
}

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let taken = 0
  for (const item of items) {
    if (taken++ === count) return
    yield item
  }
}
