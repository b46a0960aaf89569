import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadGgml, Vocabulary } from '@openledger/tensor'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeGguf } from '../gguf/writeGguf.ts'
import { BpeEncoder } from './BpeEncoder.ts'
import { trainBpe } from './trainBpe.ts'

const control = ['<|bos|>', '<|im_start|>', '<|im_end|>']
const corpus = [
  "The keeper's ledger holds 128 records; each record's hash, they say, can't change.",
  'A contributor signs a record before the snapshot is sealed.\n\nIt costs 3.50 coins, or 7% of the deposit.',
  'naïve café – 猫 «quote» straße Ωmega',
]
const vocabulary = trainBpe(corpus, 400, control)
const encoder = new BpeEncoder(vocabulary)

describe('BpeEncoder against libllama', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bpe-'))
  let reference: Vocabulary

  beforeAll(() => {
    const path = join(folder, 'vocabulary.gguf')
    writeFileSync(
      path,
      writeGguf(
        {
          'general.architecture': { type: 'string', value: 'llama' },
          'tokenizer.ggml.model': { type: 'string', value: 'gpt2' },
          'tokenizer.ggml.pre': { type: 'string', value: 'smollm' },
          'tokenizer.ggml.tokens': { type: 'array', of: 'string', value: vocabulary.tokens },
          'tokenizer.ggml.token_type': { type: 'array', of: 'int32', value: vocabulary.tokens.map((_, id) => (id < control.length ? 3 : 1)) },
          'tokenizer.ggml.merges': { type: 'array', of: 'string', value: vocabulary.merges },
          'tokenizer.ggml.bos_token_id': { type: 'uint32', value: 0 },
          'tokenizer.ggml.eos_token_id': { type: 'uint32', value: 2 },
        },
        [],
      ),
    )
    reference = new Vocabulary(loadGgml(), path)
  })
  afterAll(() => {
    reference.dispose()
    rmSync(folder, { recursive: true })
  })

  const same = (text: string, special: boolean): void => {
    expect(encoder.encode(text, { control: special })).toEqual(reference.tokenize(text, { addSpecial: false, parseSpecial: special }))
  }

  it('gives the same ids for words, numbers, marks and spaces in any order', () => {
    const pieces = fc.constantFrom(...corpus.join(' ').split(/(?<=\s)|(?=\s)/), ' ', '  ', '\n', '\t', "'s", "'ll", '12', '0', '!?', '😀', 'Ünï')
    fc.assert(fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => same(parts.join(''), false)), { numRuns: 500 })
    fc.assert(fc.property(fc.string(), (text) => same(text.replaceAll('\0', ''), false)), { numRuns: 500 })
  })

  it('gives the same ids around control tokens', () => {
    const parts = fc.constantFrom(...control, 'user\n', ' ledger', '\n', '<|', '|>', 'im_end')
    fc.assert(fc.property(fc.array(parts, { maxLength: 12 }), fc.boolean(), (texts, special) => same(texts.join(''), special)), { numRuns: 300 })
  })
})
