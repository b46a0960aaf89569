import { fail } from '@openledger/protocol'
import type { GgufMetadataValue } from '../../gguf/writeGguf.ts'
import { JsonObject } from '../JsonObject.ts'
import { stepsOf } from './stepsOf.ts'
import type { TokenTable } from './TokenTable.ts'

/** The JSON files of a model folder that say something about its special tokens. */
export type TokenSources = { config: JsonObject; tokenizer: JsonObject; tokenizerConfig: JsonObject | null; generationConfig: JsonObject | null }

/**
 * GGUF metadata of the tokens that begin, end and pad: `tokenizer_config.json` names them, `generation_config.json` and `config.json` fill in
 * and add further end tokens (at most three in all).
 * @throws InputError `TOKENIZER`, `MODEL_FOLDER`
 */
export function specialTokens(sources: TokenSources, table: TokenTable, notes: string[]): Record<string, GgufMetadataValue> {
  const { config, tokenizer, tokenizerConfig, generationConfig } = sources
  const metadata: Record<string, GgufMetadataValue> = {}
  const put = (name: string, id: number | undefined): void => {
    if (id !== undefined) metadata[`tokenizer.ggml.${name}_token_id`] = { type: 'uint32', value: id }
  }
  const named = (key: string): number | undefined => idOfText(tokenizerConfig, key, table)
  const ends = [named('eos_token'), ...idsOf(generationConfig, 'eos_token_id', table), ...idsOf(config, 'eos_token_id', table)].filter((id) => id !== undefined)
  const [eos, eot, eom, ...more] = [...new Set(ends)]
  if (eos === undefined) fail('TOKENIZER', `nothing in the folder of ${tokenizer.source} says which token ends a text`)
  const bos = named('bos_token') ?? idsOf(generationConfig, 'bos_token_id', table)[0] ?? idsOf(config, 'bos_token_id', table)[0]
  const addsBos = beginsWith(tokenizer, tokenizerConfig, bos, table)
  // Without a token of its own the format's default would be one of another model's.
  put('bos', bos ?? eos)
  put('eos', eos)
  put('eot', eot)
  put('eom', eom)
  put('padding', named('pad_token'))
  if (more.length > 0) notes.push(`of ${more.length + 3} end tokens three are kept: ${more.join(', ')} may not end an answer`)
  metadata['tokenizer.ggml.add_bos_token'] = { type: 'bool', value: addsBos }
  metadata['tokenizer.ggml.add_eos_token'] = { type: 'bool', value: false }
  return metadata
}

/** The id of a token that `tokenizer_config.json` names by its text, alone or inside an object. */
function idOfText(file: JsonObject | null, key: string, table: TokenTable): number | undefined {
  if (!file?.has(key)) return undefined
  const value = file.fields[key]
  const text = typeof value === 'string' ? value : file.need(key).text('content')
  return table.ids.get(text) ?? fail('TOKENIZER', `${file.source} names the token ${JSON.stringify(text)}, which does not exist`, { field: key })
}

function idsOf(file: JsonObject | null, key: string, table: TokenTable): number[] {
  if (!file?.has(key)) return []
  const value = file.fields[key]
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.map((id) =>
    typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 && id < table.texts.length ? id : fail('TOKENIZER', `${file.source} holds ${JSON.stringify(id)} where the id of a token belongs`, { field: key }),
  )
}

/** Whether texts start with the begin token: as `tokenizer_config.json` says, else as the post-processor does. */
function beginsWith(tokenizer: JsonObject, tokenizerConfig: JsonObject | null, bos: number | undefined, table: TokenTable): boolean {
  const said = tokenizerConfig?.has('add_bos_token') === true
  if (said) return bos !== undefined && tokenizerConfig.flag('add_bos_token')
  for (const step of stepsOf(tokenizer.object('post_processor'), 'post_processor')) {
    const type = step.text('type')
    if (type === 'ByteLevel') continue
    if (type !== 'TemplateProcessing') fail('TOKENIZER', `${tokenizer.source} finishes texts by ${type}, which cannot be computed`, { field: 'post_processor' })
    const parts = step.list('single').map((part, index) => new JsonObject(`part ${index} of ${step.source}`, part))
    const texts = parts.map((part) => part.object('SpecialToken')?.text('id') ?? null)
    const [first] = texts
    if (texts.length === 1 && first === null) continue
    if (texts.length === 2 && typeof first === 'string' && texts[1] === null && bos !== undefined && table.ids.get(first) === bos) return true
    fail('TOKENIZER', `${tokenizer.source} puts tokens around a text that are not the begin token`, { field: 'post_processor' })
  }
  return false
}
