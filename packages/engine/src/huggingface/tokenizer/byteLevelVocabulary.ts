import { fail } from '@openledger/protocol'
import { byteAlphabet } from '../../bpe/byteAlphabet.ts'
import type { GgufMetadataValue } from '../../gguf/writeGguf.ts'
import type { JsonObject } from '../JsonObject.ts'
import { preTokenizerName } from './preTokenizerName.ts'
import { readMerges } from './readMerges.ts'
import { stepsOf } from './stepsOf.ts'
import type { TokenTable } from './TokenTable.ts'

/**
 * GGUF metadata of a byte-level BPE tokenizer (GPT-2's kind: Llama 3, Qwen, SmolLM).
 * @throws InputError `TOKENIZER` for what libllama would compute otherwise
 */
export function byteLevelVocabulary(tokenizer: JsonObject, table: TokenTable, notes: string[]): Record<string, GgufMetadataValue> {
  const model = tokenizer.need('model')
  for (const normaliser of stepsOf(tokenizer.object('normalizer'), 'normalizer')) {
    const type = normaliser.text('type')
    if (type !== 'NFC') fail('TOKENIZER', `${tokenizer.source} normalises text by ${type}, which cannot be computed`, { field: 'normalizer' })
    notes.push('text is expected in Unicode normal form C: combining marks are not joined to their letters here')
  }
  const missing = byteAlphabet.findIndex((character) => !table.ids.has(character))
  if (missing >= 0) fail('TOKENIZER', `${tokenizer.source} has no token for byte ${missing}`)
  const merges = readMerges(model, table).map(([left, right]) => `${left} ${right}`)
  if (merges.some((merge) => merge.split(' ').length !== 2)) fail('TOKENIZER', `${tokenizer.source} merges texts that hold a space`)
  return {
    'tokenizer.ggml.model': { type: 'string', value: 'gpt2' },
    'tokenizer.ggml.pre': { type: 'string', value: preTokenizerName(tokenizer, model.flag('ignore_merges', false)) },
    'tokenizer.ggml.tokens': { type: 'array', of: 'string', value: table.texts },
    'tokenizer.ggml.token_type': { type: 'array', of: 'int32', value: table.kinds },
    'tokenizer.ggml.merges': { type: 'array', of: 'string', value: merges },
  }
}
