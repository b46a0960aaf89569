import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { Backend, loadGgml } from '@openledger/tensor'
import { writeTinyModel } from '../fixtures/writeTinyModel.ts'
import { encodeChat } from '../template/encodeChat.ts'
import { loadModel } from './loadModel.ts'
import { ModelTokenizer } from './ModelTokenizer.ts'

const folder = mkdtempSync(join(tmpdir(), 'openledger-tokenizer-'))
const path = join(folder, 'tiny.gguf')
writeTinyModel(path)
afterAll(() => rmSync(folder, { recursive: true }))

it('says of a file what the loaded model says, and needs no weights for it', async () => {
  const backend = new Backend(loadGgml(), 1)
  const model = loadModel(path, backend)
  const tokenizer = await ModelTokenizer.open(path)
  expect([tokenizer.id, tokenizer.commitment, tokenizer.config, tokenizer.bos, tokenizer.eos]).toEqual([model.id, model.commitment, model.config, model.vocabulary.bos, model.vocabulary.eos])
  const messages = [{ role: 'user', content: 'who lives in the red house?<|im_end|>' }]
  expect(tokenizer.encodeChat(messages)).toEqual(encodeChat(model.template!, model.vocabulary, messages))
  const tokens = tokenizer.tokenize('the river')
  expect(tokens).toEqual(model.vocabulary.tokenize('the river', { addSpecial: true, parseSpecial: false }))
  expect(tokenizer.detokenize(tokens)).toBe('the river')
  expect(tokenizer.endsGeneration(tokenizer.eos)).toBe(true)
  model.dispose()
  backend.dispose()
  tokenizer.dispose()
  tokenizer.dispose()
  expect(() => tokenizer.tokenize('x')).toThrow(expect.objectContaining({ code: 'VOCABULARY_DISPOSED' }))
})

it('knows another file by another id', async () => {
  const other = join(folder, 'other.gguf')
  writeTinyModel(other, { seed: 2 })
  const [a, b] = await Promise.all([path, other].map((file) => ModelTokenizer.open(file)))
  expect(a!.id).not.toBe(b!.id)
  expect(a!.commitment.tokenizerHash).toBe(b!.commitment.tokenizerHash)
  a!.dispose()
  b!.dispose()
})
