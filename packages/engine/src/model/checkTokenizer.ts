import { fail } from '@openledger/protocol'
import { metadataOf } from '../gguf/metadataOf.ts'
import type { GgufFile } from '../gguf/readGguf.ts'

const kinds = ['gpt2', 'llama']
const byteToken = 6

/**
 * Checks the tokenizer of a model file before native code reads it, which ends the process on some inconsistencies:
 * its kind, its lists, and that every byte has a token where the kind falls back to bytes.
 * @throws InputError `TOKENIZER`
 */
export function checkTokenizer(file: GgufFile, vocabulary: number): void {
  const bad = (why: string): never => fail('TOKENIZER', `the tokenizer of ${file.path} cannot be used: ${why}`)
  const metadata = metadataOf(file)
  const kind = metadata.text('tokenizer.ggml.model')
  if (!kinds.includes(kind)) bad(`kind ${kind} is not one of ${kinds.join(', ')}`)
  const tokens = file.metadata.get('tokenizer.ggml.tokens')
  if (tokens?.type !== 'array' || tokens.of !== 'string') return bad('it has no list of tokens')
  if (tokens.value.length !== vocabulary) bad(`it knows ${tokens.value.length} tokens, the embedding ${vocabulary}`)
  // Native code sees texts up to their first NUL, and gives empty ones names of their own.
  const texts = tokens.value.map((text) => text.split('\0')[0]!).filter((text) => text !== '')
  if (new Set(texts).size !== texts.length) bad('two tokens have the same text')
  const types = file.metadata.get('tokenizer.ggml.token_type')
  if (types && (types.type !== 'array' || types.of !== 'int32' || types.value.length !== vocabulary)) bad('its token types do not fit its tokens')
  for (const name of ['bos', 'eos', 'eot', 'unknown', 'padding']) {
    const key = `tokenizer.ggml.${name}_token_id`
    if (!metadata.has(key)) continue
    const id = metadata.number(key)
    // Some files write "none" as the largest 32-bit number.
    if ((id < 0 || id >= vocabulary) && id !== 0xffffffff) bad(`${name} is token ${id} of ${vocabulary}`)
  }
  if (kind !== 'llama') return
  const known = new Map(tokens.value.map((text, index) => [text, index]))
  for (let byte = 0; byte < 256; byte++) {
    const id = known.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`)
    if (id === undefined || types?.type !== 'array' || types.value[id] !== byteToken) bad(`byte ${byte} has no token`)
  }
}
