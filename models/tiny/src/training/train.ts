import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { namedTensors, pretrain } from '@openledger/engine'
import { buildCorpus, buildVocabulary, startToken } from './buildCorpus.ts'
import { modelFile } from './modelFile.ts'
import { modelName, tinyRecipe, tinyShape } from './recipe.ts'

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'build/tiny' },
    workers: { type: 'string', default: '1' },
  },
})
mkdirSync(values.out, { recursive: true })

const vocabulary = buildVocabulary()
const { tokens, evaluation } = buildCorpus(vocabulary)
console.log(
  JSON.stringify({
    vocabulary: vocabulary.tokens.length,
    tokens: tokens.length,
    padding: tokens.filter((id, i) => id === startToken && tokens[i + 1] === startToken).length,
    evaluation: evaluation.length,
  }),
)

const began = performance.now()
const result = await pretrain(tinyShape, { tokens, evaluation, documentStart: startToken }, tinyRecipe, {
  checkpointDir: values.out,
  workers: Number(values.workers),
  onProgress: (progress) => {
    if (progress.step % 10 === 0 || progress.evaluationLoss !== undefined)
      console.log(JSON.stringify({ minutes: Math.round((performance.now() - began) / 600) / 100, ...progress }))
  },
})
const file = modelFile(tinyShape, vocabulary, namedTensors(result.layout, result.weights))
writeFileSync(join(values.out, `${modelName}.gguf`), file)
console.log(`wrote ${join(values.out, `${modelName}.gguf`)}, ${file.length} bytes`)
