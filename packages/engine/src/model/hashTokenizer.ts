import { createHash } from 'node:crypto'
import type { Hex } from '@openledger/protocol'
import type { GgufFile } from '../gguf/readGguf.ts'

/** The hash of a file's tokenizer: SHA-256 over every `tokenizer.` entry but the chat template, in the order of their keys, one JSON line each. */
export function hashTokenizer(file: GgufFile): Hex {
  const hash = createHash('sha256')
  const keys = [...file.metadata.keys()].filter((key) => key.startsWith('tokenizer.') && key !== 'tokenizer.chat_template').sort()
  for (const key of keys) {
    const { type, value } = file.metadata.get(key)!
    const text = JSON.stringify([key, type, value], (_, item: unknown) => (typeof item === 'bigint' ? item.toString() : item))
    hash.update(`${text}\n`, 'utf8')
  }
  return `0x${hash.digest('hex')}`
}
