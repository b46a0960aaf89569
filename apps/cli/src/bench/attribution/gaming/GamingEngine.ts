import path from 'node:path'
import { rmSync } from 'node:fs'
import type { AnswerEngine, CorpusTokenizer } from '@openledger/attribution'
import { EngineHost, loadModel, encodeChat, writePeftFolder, type Adapter, type Model } from '@openledger/engine'
import { fail, zeroHash, type Hex } from '@openledger/protocol'
import { Backend, loadGgml } from '@openledger/tensor'

const answerTokens = 48

/**
 * The base model twice: in this thread to train on, and in an engine of its own that answers and measures as a node's does. One compute thread each,
 * never at the same time. The maker closes it.
 */
export class GamingEngine {
  readonly model: Model
  readonly host: EngineHost
  readonly #backend: Backend
  readonly #folder: string

  private constructor(model: Model, backend: Backend, host: EngineHost, folder: string) {
    this.model = model
    this.#backend = backend
    this.host = host
    this.#folder = folder
  }

  /** @param folder for adapters on their way to the engine */
  static async open(file: string, folder: string): Promise<GamingEngine> {
    const backend = new Backend(loadGgml(), 1)
    const host = new EngineHost({ threads: 1 })
    await host.loadModel(file)
    return new GamingEngine(loadModel(file, backend), backend, host, folder)
  }

  get tokenizer(): CorpusTokenizer {
    const { vocabulary, template } = this.model
    if (template === null) return fail('CHAT_TEMPLATE', 'the base of the benchmark has no chat template')
    return {
      endOfTurn: vocabulary.eos,
      tokenize: (text) => [...vocabulary.tokenize(text, { addSpecial: false, parseSpecial: false })],
      encodeChat: (messages, open) => encodeChat(template, vocabulary, messages, open),
    }
  }

  /** What attribution measures answers with. */
  get answers(): AnswerEngine {
    return this.host
  }

  /** Runs `use` while the engine serves an adapter. */
  async serving<T>(adapter: Adapter, use: (adapterId: Hex) => Promise<T>): Promise<T> {
    const folder = path.join(this.#folder, `adapter-${adapter.id.slice(2, 18)}`)
    writePeftFolder(folder, adapter, this.model)
    const adapterId = await this.host.registerAdapter(folder)
    try {
      return await use(adapterId)
    } finally {
      await this.host.removeAdapter(adapterId)
      rmSync(folder, { recursive: true, force: true })
    }
  }

  /** Asks at temperature zero. @returns the rendered prompt and the answer, as tokens */
  async ask(adapterId: Hex, question: string): Promise<{ prompt: number[]; answer: number[] }> {
    const { tokens } = await this.host.encodeChat([{ role: 'user', content: question }])
    const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, maxTokens: answerTokens, stop: [], seed: zeroHash }
    const { tokens: answer } = await this.host.generate({ adapterId, promptTokens: tokens, sampling, logprobs: false })
    return { prompt: tokens, answer }
  }

  async close(): Promise<void> {
    await this.host.close()
    this.model.dispose()
    this.#backend.dispose()
  }
}
