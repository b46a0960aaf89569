import { createHash } from 'node:crypto'
import type { TinyModelCard } from '../tinyModelCard.ts'
import { worldSeed } from '../text/writeDocuments.ts'
import { corpusPlan, modelName, tinyRecipe, tinyShape } from './recipe.ts'

/** What a training run knows of its result. */
export interface RunFacts {
  file: Uint8Array
  /** Training tokens, filling left out. */
  tokens: number
  parameters: number
  finalLoss: number
  evaluationLoss: number
  hours: number
  hardware: string
}

/** The machine-readable card of a trained model; `evaluation` is left for the evaluation to fill in. */
export function modelCard(facts: RunFacts): TinyModelCard {
  const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))
  return {
    name: modelName,
    license: 'Apache-2.0',
    file: `weights/${modelName}.gguf`,
    bytes: facts.file.length,
    sha256: createHash('sha256').update(facts.file).digest('hex'),
    parameters: facts.parameters,
    shape: { ...tinyShape },
    data: {
      description: 'Generated English about a made-up world: conversations, descriptions, definitions, reading, word and number practice.',
      documents: 'src/text/writeDocuments.ts',
      tokens: facts.tokens,
      worldSeed,
      trainingSeed: corpusPlan.trainingSeed,
      evaluationSeed: corpusPlan.evaluationSeed,
    },
    training: {
      steps: tinyRecipe.steps,
      tokensPerStep: tinyRecipe.length * tinyRecipe.microRows * tinyRecipe.accumulate,
      finalLoss: rounded(facts.finalLoss, 4),
      evaluationLoss: rounded(facts.evaluationLoss, 4),
      hours: rounded(facts.hours, 2),
      hardware: facts.hardware,
      command: 'npm run -w @openledger/tiny train',
    },
    evaluation: {},
  }
}
