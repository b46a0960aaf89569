import { fail } from '@openledger/protocol'
import type { JsonObject } from '../JsonObject.ts'
import { stepsOf } from './stepsOf.ts'

/** The patterns that model families cut text with, as they stand in their tokenizer.json, by libllama's name for each. */
const splitPatterns: readonly { pattern: string; name: string; ignoringMerges: string | null }[] = [
  {
    pattern: String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
    name: 'smaug-bpe',
    ignoringMerges: 'llama-bpe',
  },
  {
    pattern: String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
    name: 'qwen2',
    ignoringMerges: null,
  },
]

/**
 * libllama's name (`tokenizer.ggml.pre`) for the way a byte-level tokenizer.json cuts text before merging, read from the structure of its
 * `pre_tokenizer`: Llama 3's and Qwen's patterns, single digits then GPT-2's words (SmolLM), or GPT-2's words alone.
 * @throws InputError `TOKENIZER` for any other way
 */
export function preTokenizerName(tokenizer: JsonObject, ignoresMerges: boolean): string {
  const unknown = (why: string): never => fail('TOKENIZER', `the pre-tokenizer of ${tokenizer.source} is not one that can be computed: ${why}`, { field: 'pre_tokenizer' })
  const steps = stepsOf(tokenizer.object('pre_tokenizer'))
  const last = steps.at(-1)
  if (!last || last.text('type') !== 'ByteLevel') return unknown('it does not end in bytes')
  if (last.flag('add_prefix_space', true)) return unknown('it puts a space before the text')
  const words = last.flag('use_regex', true)
  const kinds = steps.map((step) => step.text('type')).join(' ')
  const plain = (name: string): string => (ignoresMerges ? unknown('words of the vocabulary are taken whole') : name)
  if (kinds === 'ByteLevel' && words) return plain('gpt-2')
  if (kinds === 'Digits ByteLevel' && words && steps[0]!.flag('individual_digits')) return plain('smollm')
  if (kinds === 'Split ByteLevel' && !words) {
    const [split] = steps as [JsonObject]
    const pattern = split.need('pattern').text('Regex', '')
    const known = splitPatterns.find((entry) => entry.pattern === pattern)
    if (!known || split.text('behavior') !== 'Isolated' || split.flag('invert', false)) return unknown(`it splits with ${pattern.slice(0, 60)}`)
    return ignoresMerges ? (known.ignoringMerges ?? unknown('words of the vocabulary are taken whole')) : known.name
  }
  return unknown(`its steps are ${kinds}`)
}
