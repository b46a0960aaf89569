import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { namedTensors, pretrain } from '@openledger/engine'
import { tinyModelCard } from '../tinyModelCard.ts'
import { tinyModelPath } from '../tinyModelPath.ts'
import { buildCorpus, buildVocabulary, startToken } from './buildCorpus.ts'
import { modelCard } from './modelCard.ts'
import { modelFile } from './modelFile.ts'
import { modelName, tinyRecipe, tinyShape } from './recipe.ts'

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'build/tiny' },
    workers: { type: 'string', default: '2' },
    install: { type: 'boolean', default: false },
  },
})
mkdirSync(values.out, { recursive: true })

const vocabulary = buildVocabulary()
const { tokens, evaluation } = buildCorpus(vocabulary)
const filled = tokens.filter((id, at) => id !== startToken || tokens[at + 1] !== startToken).length
console.log(`${vocabulary.tokens.length} tokens in the vocabulary, ${filled} to train on; checkpoints in ${values.out}`)

const began = performance.now()
let evaluationLoss = Number.NaN
const result = await pretrain(tinyShape, { tokens, evaluation, documentStart: startToken }, tinyRecipe, {
  checkpointDir: values.out,
  workers: Number(values.workers),
  onProgress: (progress) => {
    evaluationLoss = progress.evaluationLoss ?? evaluationLoss
    if (progress.step % 10 === 0 || progress.evaluationLoss !== undefined) {
      console.log(JSON.stringify({ minutes: Math.round((performance.now() - began) / 600) / 100, ...progress }))
    }
  },
})
const file = modelFile(tinyShape, vocabulary, namedTensors(result.layout, result.weights))
const modelPath = join(values.out, `${modelName}.gguf`)
const cardPath = join(values.out, 'card.json')
writeFileSync(modelPath, file)
const card = modelCard({
  file,
  tokens: filled,
  parameters: result.layout.size,
  finalLoss: result.losses.slice(-50).reduce((sum, loss) => sum + loss, 0) / Math.min(50, result.losses.length),
  evaluationLoss,
  hours: (performance.now() - began) / 3_600_000,
  hardware: `${values.workers} threads of ${cpus()[0]?.model ?? 'an unknown CPU'}`,
})
writeFileSync(cardPath, `${JSON.stringify(card, null, 2)}\n`)
console.log(`wrote ${modelPath}, ${file.length} bytes, sha256 ${card.sha256}`)
if (values.install) {
  copyFileSync(modelPath, tinyModelPath())
  copyFileSync(cardPath, fileURLToPath(new URL('../../card.json', import.meta.url)))
  console.log('installed it as the model of this package')
} else {
  const same = tinyModelCard().sha256 === card.sha256
  console.log(same ? 'it is the model of this package, byte for byte' : 'it differs from the model of this package; give --install to replace that')
}
