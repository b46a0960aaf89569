import { BpeEncoder, trainBpe, type BpeVocabulary } from '@openledger/engine'
import { controlTokens } from '../text/chatMarkup.ts'
import { writeDocuments } from '../text/writeDocuments.ts'
import { packRows } from './packRows.ts'
import { corpusPlan, tinyRecipe, vocabularySize } from './recipe.ts'

/** Id of `<|bos|>`, which opens every document. */
export const startToken = controlTokens.indexOf('<|bos|>')
/** Id of `<|endoftext|>`, which closes a plain text. */
const endToken = controlTokens.indexOf('<|endoftext|>')

/** The first `count` documents of a seed. */
export function* someDocuments(seed: number, count: number): Generator<string> {
  let made = 0
  for (const document of writeDocuments(seed)) {
    if (made++ === count) return
    yield document
  }
}

/** Learns the model's vocabulary from generated text, control tokens left out. */
export function buildVocabulary(): BpeVocabulary {
  const texts: string[] = []
  for (const document of someDocuments(corpusPlan.vocabularySeed, corpusPlan.vocabularyDocuments)) {
    texts.push(...document.split(/<\|im_start\|>(?:user|assistant|system)\n|<\|im_end\|>/))
  }
  return trainBpe(texts, vocabularySize, controlTokens)
}

function* tokenized(seed: number, encoder: BpeEncoder): Generator<number[]> {
  for (const document of writeDocuments(seed)) {
    const ids = encoder.encode(document, { control: true })
    yield document.startsWith('<|im_start|>') ? [startToken, ...ids] : [startToken, ...ids, endToken]
  }
}

/** Token streams for training and evaluation, packed into rows of the recipe's length. */
export function buildCorpus(vocabulary: BpeVocabulary): { tokens: Uint16Array; evaluation: Uint16Array } {
  const encoder = new BpeEncoder(vocabulary)
  const { steps, microRows, accumulate, length } = tinyRecipe
  return {
    tokens: packRows(tokenized(corpusPlan.trainingSeed, encoder), steps * microRows * accumulate, length, startToken),
    evaluation: packRows(tokenized(corpusPlan.evaluationSeed, encoder), corpusPlan.evaluationRows, length, startToken),
  }
}
