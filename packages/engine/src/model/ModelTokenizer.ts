import { fail, type Hex, modelId, type ModelCommitment, StorageError } from '@openledger/protocol'
import { loadGgml, Vocabulary } from '@openledger/tensor'
import { hashFile } from '../files/hashFile.ts'
import { readGguf } from '../gguf/readGguf.ts'
import { type ChatMessage, ChatTemplate } from '../template/ChatTemplate.ts'
import { encodeChat } from '../template/encodeChat.ts'
import { checkTokenizer } from './checkTokenizer.ts'
import { commitmentOf, templateTextOf } from './commitmentOf.ts'
import { type ModelConfig, readModelConfig } from './ModelConfig.ts'

async function weightHashOf(path: string): Promise<Hex> {
  try {
    return await hashFile(path)
  } catch (cause) {
    throw new StorageError('FILE_UNREADABLE', `${path} cannot be read`, { cause, action: 'fix' })
  }
}

/**
 * What a model file says about text, without its weights in memory: identity, configuration, tokenizer and chat template. For a program
 * that has another one compute. Works in the caller's thread. The maker disposes it; disposing twice does nothing.
 */
export class ModelTokenizer {
  readonly id: Hex
  readonly commitment: ModelCommitment
  readonly config: ModelConfig
  readonly #vocabulary: Vocabulary
  readonly #template: ChatTemplate | null

  private constructor(parts: { commitment: ModelCommitment; config: ModelConfig; vocabulary: Vocabulary; template: ChatTemplate | null }) {
    this.id = modelId(parts.commitment)
    this.commitment = parts.commitment
    this.config = parts.config
    this.#vocabulary = parts.vocabulary
    this.#template = parts.template
  }

  /**
   * Opens a GGUF file. The whole file is read once for its hash, so that the id is the one that `loadModel` gives.
   * @throws InputError `GGUF_*`, `MODEL_*`, `TOKENIZER`, `CHAT_TEMPLATE`; StorageError `FILE_*`, `VOCABULARY`
   */
  static async open(path: string): Promise<ModelTokenizer> {
    const file = readGguf(path)
    const config = readModelConfig(file)
    checkTokenizer(file, config.vocabulary)
    const templateText = templateTextOf(file)
    const commitment = commitmentOf(file, await weightHashOf(path))
    const vocabulary = new Vocabulary(loadGgml(), path)
    try {
      return new ModelTokenizer({ commitment, config, vocabulary, template: templateText === '' ? null : new ChatTemplate(templateText, vocabulary) })
    } catch (error) {
      vocabulary.dispose()
      throw error
    }
  }

  get hasTemplate(): boolean {
    return this.#template !== null
  }

  /** Id of the begin-of-sequence token, or -1. */
  get bos(): number {
    return this.#vocabulary.bos
  }

  /** Id of the end-of-sequence token, or -1. */
  get eos(): number {
    return this.#vocabulary.eos
  }

  /** Splits text into tokens; control tokens in it stay plain text unless `parseSpecial`. */
  tokenize(text: string, { addSpecial = true, parseSpecial = false } = {}): number[] {
    return this.#vocabulary.tokenize(text, { addSpecial, parseSpecial })
  }

  /** The text of tokens, without control tokens unless `special`. */
  detokenize(tokens: readonly number[], special = false): string {
    return this.#vocabulary.detokenize(tokens, special)
  }

  /** The bytes of one token; control tokens are empty. */
  piece(token: number): Uint8Array {
    return this.#vocabulary.piece(token)
  }

  /** Whether generation ends at this token. */
  endsGeneration(token: number): boolean {
    return this.#vocabulary.endsGeneration(token)
  }

  /** Writes a conversation with the model's template and splits it into tokens. @throws InputError `CHAT_TEMPLATE`, `CHAT_MESSAGES` */
  encodeChat(messages: readonly ChatMessage[], addGenerationPrompt = true): { text: string; tokens: number[] } {
    if (!this.#template) fail('CHAT_TEMPLATE', 'this model has no chat template', { fix: 'use plain completions' })
    return encodeChat(this.#template, this.#vocabulary, messages, addGenerationPrompt)
  }

  dispose(): void {
    this.#vocabulary.dispose()
  }
}
