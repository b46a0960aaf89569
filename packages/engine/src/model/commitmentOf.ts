import { type Hex, type ModelCommitment, sha256, zeroHash } from '@openledger/protocol'
import { metadataOf } from '../gguf/metadataOf.ts'
import type { GgufFile } from '../gguf/readGguf.ts'
import { hashTokenizer } from './hashTokenizer.ts'

/** The chat template of a model file; empty without one. */
export function templateTextOf(file: GgufFile): string {
  return metadataOf(file).text('tokenizer.chat_template', '')
}

/** What a model's id commits to. @param weightHash SHA-256 of the whole file */
export function commitmentOf(file: GgufFile, weightHash: Hex): ModelCommitment {
  const template = templateTextOf(file)
  return { weightHash, tokenizerHash: hashTokenizer(file), templateHash: template === '' ? zeroHash : sha256(new TextEncoder().encode(template)) }
}
