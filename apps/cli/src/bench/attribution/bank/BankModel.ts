import { encodeChat, loadModel, type Model, type TrainingExample } from '@openledger/engine'
import { fail } from '@openledger/protocol'
import { Backend, loadGgml } from '@openledger/tensor'
import type { BankRecord } from '../settings/BankSetting.ts'

/** A base model in this thread, and records as its tokens. Owns both; disposed by its maker. */
export class BankModel {
  readonly path: string
  readonly model: Model
  readonly #backend: Backend

  constructor(path: string, threads = 1) {
    this.path = path
    this.#backend = new Backend(loadGgml(), threads)
    this.model = loadModel(path, this.#backend)
  }

  /** What names the model and the library that computes with it. */
  get identity(): readonly unknown[] {
    return [this.model.id, this.#backend.ggml.build]
  }

  /** A record as the node trains on it: question and answer in the model's template, the answer and its end supervised. */
  example({ group, prompt, completion }: BankRecord): TrainingExample {
    const tokens = this.#chat([
      { role: 'user', content: prompt },
      { role: 'assistant', content: completion },
    ])
    const end = tokens.lastIndexOf(this.model.vocabulary.eos)
    return { tokens: tokens.slice(0, end < 0 ? tokens.length : end + 1), supervisedFrom: this.question(prompt).length, group }
  }

  /** The tokens of a question, up to where the answer begins. */
  question(prompt: string): number[] {
    return this.#chat([{ role: 'user', content: prompt }], true)
  }

  dispose(): void {
    this.model.dispose()
    this.#backend.dispose()
  }

  #chat(messages: Parameters<typeof encodeChat>[2], open = false): number[] {
    const { template, vocabulary } = this.model
    if (template === null) fail('BENCH_MODEL', 'the model has no chat template', { field: 'model' })
    return encodeChat(template, vocabulary, messages, open).tokens
  }
}
