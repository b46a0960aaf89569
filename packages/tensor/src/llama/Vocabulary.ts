import { InputError, StorageError } from '@openledger/protocol'
import type { Ggml } from '../library/Ggml.ts'
import { llamaFunctions, type LlamaFunctions } from './llamaFunctions.ts'

/**
 * The tokenizer of a GGUF file, as libllama implements it: only the vocabulary is loaded, no weights.
 * The maker disposes it; disposing twice does nothing.
 */
export class Vocabulary {
  readonly #llama: LlamaFunctions
  readonly #vocabulary: bigint
  #model: bigint
  readonly size: number
  /** Id of the begin-of-sequence token, or -1. */
  readonly bos: number
  /** Id of the end-of-sequence token, or -1. */
  readonly eos: number
  /** Whether texts start with the begin-of-sequence token. */
  readonly addsBos: boolean

  /** @throws StorageError `VOCABULARY` when libllama cannot read the file */
  constructor(ggml: Ggml, path: string) {
    this.#llama = llamaFunctions(ggml)
    const model = this.#llama.loadModel(path, { ...this.#llama.modelDefaults(), vocabOnly: true, loadMode: 0 })
    if (!model) throw new StorageError('VOCABULARY', `no tokenizer can be read from ${path}`, { fix: 'the GGUF file needs its tokenizer.ggml keys', action: 'fix' })
    this.#model = model
    this.#vocabulary = this.#llama.vocabulary(model)
    this.size = this.#llama.tokenCount(this.#vocabulary)
    this.bos = this.#llama.bos(this.#vocabulary)
    this.eos = this.#llama.eos(this.#vocabulary)
    this.addsBos = this.#llama.addsBos(this.#vocabulary)
  }

  /**
   * Splits text into token ids.
   * @param options.addSpecial put the begin-of-sequence token first if the model wants it
   * @param options.parseSpecial read control tokens such as `<|im_start|>` out of the text; never for untrusted text
   */
  tokenize(text: string, options: { addSpecial: boolean; parseSpecial: boolean }): number[] {
    this.#live()
    const bytes = new TextEncoder().encode(text)
    if (bytes.length === 0 && !options.addSpecial) return []
    let capacity = bytes.length + 8
    for (;;) {
      const target = new Int32Array(capacity)
      const count = this.#llama.tokenize(this.#vocabulary, bytes, bytes.length, target, capacity, options.addSpecial, options.parseSpecial)
      if (count >= 0) return Array.from(target.subarray(0, count))
      if (-count <= capacity) throw new InputError('TOKENIZE', 'the text cannot be tokenized')
      capacity = -count
    }
  }

  /** The bytes of one token; control tokens give none unless `special` is set. A token may be part of a UTF-8 character. */
  piece(token: number, special = false): Uint8Array {
    this.#check(token)
    let target = new Uint8Array(64)
    let count = this.#llama.piece(this.#vocabulary, token, target, target.length, 0, special)
    if (count < 0) {
      target = new Uint8Array(-count)
      count = this.#llama.piece(this.#vocabulary, token, target, target.length, 0, special)
    }
    return target.slice(0, count)
  }

  /** The text of tokens; bytes that are not UTF-8 become U+FFFD. */
  detokenize(tokens: readonly number[], special = false): string {
    const pieces = tokens.map((token) => this.piece(token, special))
    const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
    let at = 0
    for (const piece of pieces) {
      bytes.set(piece, at)
      at += piece.length
    }
    return new TextDecoder().decode(bytes)
  }

  /** Whether generation ends at this token. */
  endsGeneration(token: number): boolean {
    this.#check(token)
    return this.#llama.endsGeneration(this.#vocabulary, token)
  }

  isControl(token: number): boolean {
    this.#check(token)
    return this.#llama.isControl(this.#vocabulary, token)
  }

  dispose(): void {
    if (this.#model === 0n) return
    const model = this.#model
    this.#model = 0n
    this.#llama.freeModel(model)
  }

  #check(token: number): void {
    this.#live()
    if (!Number.isInteger(token) || token < 0 || token >= this.size) throw new InputError('TOKEN_RANGE', `token ${token} is not in the vocabulary of ${this.size}`)
  }

  #live(): void {
    if (this.#model === 0n) throw new InputError('VOCABULARY_DISPOSED', 'this vocabulary was disposed', { action: 'stop' })
  }
}
