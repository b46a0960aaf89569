import { fail } from '@openledger/protocol'
import type { GgufMetadataValue } from '../../gguf/writeGguf.ts'
import type { JsonObject } from '../JsonObject.ts'
import { readMerges } from './readMerges.ts'
import { stepsOf } from './stepsOf.ts'
import { tokenKinds, type TokenTable } from './TokenTable.ts'

const space = '\u2581'

/**
 * GGUF metadata of a SentencePiece tokenizer in the clothes of BPE with byte fallback (Llama 2, Mistral). SentencePiece joins the pair whose
 * result scores best, whatever its halves; a token's score here is minus the rank of its first merge, which gives the same order.
 * @throws InputError `TOKENIZER` when the merges are not those of such a tokenizer, or text is prepared in another way
 */
export function sentencePieceVocabulary(tokenizer: JsonObject, table: TokenTable, notes: string[]): Record<string, GgufMetadataValue> {
  const bad = (why: string, field: string): never => fail('TOKENIZER', `${tokenizer.source} is no SentencePiece tokenizer that can be computed: ${why}`, { field })
  const model = tokenizer.need('model')
  if (model.flag('ignore_merges', false)) bad('words of the vocabulary are taken whole', 'ignore_merges')
  const kinds = [...table.kinds]
  for (let byte = 0; byte < 256; byte++) {
    const id = table.ids.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`) ?? bad(`byte ${byte} has no token`, 'vocab')
    kinds[id] = tokenKinds.byte
  }
  const unknown = table.ids.get(model.text('unk_token')) ?? bad('it has no unknown token', 'unk_token')
  kinds[unknown] = tokenKinds.unknown
  return {
    'tokenizer.ggml.model': { type: 'string', value: 'llama' },
    'tokenizer.ggml.pre': { type: 'string', value: 'default' },
    'tokenizer.ggml.tokens': { type: 'array', of: 'string', value: table.texts },
    'tokenizer.ggml.scores': { type: 'array', of: 'float32', value: scoresOf(readMerges(model, table), table, kinds, bad) },
    'tokenizer.ggml.token_type': { type: 'array', of: 'int32', value: kinds },
    'tokenizer.ggml.unknown_token_id': { type: 'uint32', value: unknown },
    'tokenizer.ggml.add_space_prefix': { type: 'bool', value: prefixesSpace(tokenizer, bad, notes) },
  }
}

/** Minus the rank of the first merge that makes a token; what no merge makes is never joined, so its score is the lowest. */
function scoresOf(merges: [string, string][], table: TokenTable, kinds: readonly number[], bad: (why: string, field: string) => never): Float32Array {
  const scores = new Float32Array(table.texts.length).fill(-1 - merges.length)
  const made = new Map<string, { first: number; ways: number }>()
  merges.forEach(([left, right], rank) => {
    const text = left + right
    const entry = made.get(text) ?? { first: rank, ways: 0 }
    entry.ways += 1
    made.set(text, entry)
    scores[table.ids.get(text)!] = -entry.first
  })
  const normal = (text: string): boolean => kinds[table.ids.get(text) ?? -1] === tokenKinds.normal
  table.texts.forEach((text, id) => {
    if (kinds[id] !== tokenKinds.normal) return
    const characters = [...text]
    let ways = 0
    for (let cut = 1; cut < characters.length; cut++) if (normal(characters.slice(0, cut).join('')) && normal(characters.slice(cut).join(''))) ways += 1
    const listed = made.get(text)?.ways ?? 0
    if (listed < ways) bad(`token ${JSON.stringify(text)} has ${ways} pairs that would make it, ${listed} of them are merges`, 'merges')
  })
  return scores
}

/** Whether a space goes before the text, read from the normaliser (older files) or the pre-tokenizer (newer ones). */
function prefixesSpace(tokenizer: JsonObject, bad: (why: string, field: string) => never, notes: string[]): boolean {
  let prefix = false
  let replaced = false
  for (const step of stepsOf(tokenizer.object('normalizer'), 'normalizer')) {
    const type = step.text('type')
    if (type === 'Prepend' && step.text('prepend') === space) prefix = true
    else if (type === 'Replace' && step.need('pattern').text('String', '') === ' ' && step.text('content') === space) replaced = true
    else bad(`it normalises text by ${type}`, 'normalizer')
  }
  const steps = stepsOf(tokenizer.object('pre_tokenizer'))
  for (const step of steps) {
    if (step.text('type') !== 'Metaspace' || step.text('replacement') !== space || step.flag('split', true)) bad(`it cuts text by ${step.text('type')}`, 'pre_tokenizer')
    const scheme = step.text('prepend_scheme', 'always')
    // SentencePiece itself puts the space always; the pre-tokenizer leaves out one that is there, and with `first` those inside a text.
    if (scheme !== 'never') notes.push('a space is put before every text, as SentencePiece does: also before one that begins with a space, and after control tokens')
    prefix = scheme !== 'never'
    replaced = true
  }
  if (!replaced) bad('it does not write spaces as U+2581', 'normalizer')
  return prefix
}
