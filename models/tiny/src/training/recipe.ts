import type { ModelShape, PretrainRecipe } from '@openledger/engine'

/** Size of the vocabulary: 4 control tokens, 256 bytes, the rest merges. */
export const vocabularySize = 3072

/** The model's name, in its file and its card. */
export const modelName = 'openledger-tiny'

/** Shape of the model: Llama family, 3.7 million parameters, every width a multiple of 32. */
export const tinyShape: ModelShape = {
  vocab: vocabularySize,
  dim: 256,
  layers: 4,
  heads: 8,
  kvHeads: 4,
  ff: 704,
  ctx: 1024,
  ropeTheta: 10_000,
  rmsEps: 1e-5,
  tied: true,
}

/** How the text is made: seeds of the three streams and their sizes. */
export const corpusPlan = {
  vocabularySeed: 1,
  vocabularyDocuments: 24_000,
  trainingSeed: 3,
  evaluationSeed: 4,
  /** Rows of the training stream are used once each. */
  evaluationRows: 64,
}

/** How the model is trained. Rows are longer than nearly all documents. */
export const tinyRecipe = {
  steps: 1_600,
  length: 256,
  microRows: 8,
  accumulate: 2,
  learningRate: 2.5e-3,
  warmup: 100,
  finalFraction: 0.05,
  weightDecay: 0.05,
  clipNorm: 1,
  seed: 1,
  precision: 'bf16',
  checkpointEvery: 50,
  evaluateEvery: 100,
} satisfies Partial<PretrainRecipe>
