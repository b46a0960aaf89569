import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { BpeEncoder, readGguf } from '@openledger/engine'
import { loadGgml, Vocabulary } from '@openledger/tensor'
import { afterAll, describe, expect, it } from 'vitest'
import { controlTokens, renderChat } from './text/chatMarkup.ts'
import { tinyModelCard } from './tinyModelCard.ts'
import { tinyModelPath } from './tinyModelPath.ts'
import { buildVocabulary, someDocuments } from './training/buildCorpus.ts'
import { tinyRecipe, tinyShape } from './training/recipe.ts'

describe('the tiny model', { timeout: 120_000 }, () => {
  const card = tinyModelCard()
  const reference = new Vocabulary(loadGgml(), tinyModelPath())
  afterAll(() => reference.dispose())

  it('is the file that its card names, small enough for the repository', () => {
    const bytes = readFileSync(tinyModelPath())
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(card.sha256)
    expect(bytes.length).toBe(card.bytes)
    expect(bytes.length).toBeLessThan(12e6)
  })

  it('has the shape and was trained for the steps that the recipe says', () => {
    const file = readGguf(tinyModelPath())
    expect(file.tensors.get('token_embd.weight')?.shape).toEqual([tinyShape.dim, tinyShape.vocab])
    expect(file.tensors.size).toBe(2 + 9 * tinyShape.layers)
    expect(card.training.steps).toBe(tinyRecipe.steps)
    expect(card.training.tokensPerStep).toBe(tinyRecipe.length * tinyRecipe.microRows * tinyRecipe.accumulate)
  })

  it('carries the vocabulary that the generator gives, and libllama reads it as we do', () => {
    const encoder = new BpeEncoder(buildVocabulary())
    let checked = 0
    for (const document of someDocuments(77, 300)) {
      const ids = encoder.encode(document, { control: true })
      expect(reference.tokenize(document, { addSpecial: false, parseSpecial: true })).toEqual(ids)
      checked += ids.length
    }
    expect(checked).toBeGreaterThan(10_000)
    expect(reference.bos).toBe(controlTokens.indexOf('<|bos|>'))
    expect(reference.eos).toBe(controlTokens.indexOf('<|im_end|>'))
    expect(reference.tokenize(renderChat([{ role: 'user', content: 'Hi' }]), { addSpecial: true, parseSpecial: true }).slice(0, 2)).toEqual([0, 1])
  })
})
