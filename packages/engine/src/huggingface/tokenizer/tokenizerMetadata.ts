import { fail } from '@openledger/protocol'
import type { GgufMetadataValue } from '../../gguf/writeGguf.ts'
import { JsonObject } from '../JsonObject.ts'
import { byteLevelVocabulary } from './byteLevelVocabulary.ts'
import { sentencePieceVocabulary } from './sentencePieceVocabulary.ts'
import { specialTokens, type TokenSources } from './specialTokens.ts'
import { TokenTable } from './TokenTable.ts'

/**
 * The `tokenizer.ggml` metadata of a tokenizer.json: vocabulary, merges or scores, kinds of tokens, pre-tokenizer and special tokens.
 * @param size how many tokens the embedding knows
 * @param notes gets a sentence for each thing that a user should know
 * @throws InputError `TOKENIZER`, `MODEL_FOLDER`
 */
export function tokenizerMetadata(sources: TokenSources, size: number, notes: string[]): Record<string, GgufMetadataValue> {
  const { tokenizer } = sources
  const model = tokenizer.need('model')
  const type = model.text('type', 'BPE')
  if (type !== 'BPE') fail('TOKENIZER', `${tokenizer.source} is of type ${type}; only BPE can be computed`)
  for (const key of ['continuing_subword_prefix', 'end_of_word_suffix']) if (model.text(key, '') !== '') fail('TOKENIZER', `${tokenizer.source} marks parts of words, which cannot be computed`, { field: key })
  const table = new TokenTable(tokenizer, size)
  checkAddedTokens(tokenizer)
  const vocabulary = model.flag('byte_fallback', false) ? sentencePieceVocabulary(tokenizer, table, notes) : byteLevelVocabulary(tokenizer, table, notes)
  return { ...vocabulary, ...specialTokens(sources, table, notes) }
}

/** Added tokens that swallow the spaces around them, or stand for whole words alone, are not computed. */
function checkAddedTokens(tokenizer: JsonObject): void {
  for (const [index, item] of tokenizer.list('added_tokens', []).entries()) {
    const added = new JsonObject(`added token ${index} of ${tokenizer.source}`, item)
    for (const key of ['lstrip', 'rstrip', 'single_word']) if (added.flag(key, false)) fail('TOKENIZER', `token ${JSON.stringify(added.text('content'))} of ${tokenizer.source} has ${key}, which cannot be computed`, { field: key })
  }
}
