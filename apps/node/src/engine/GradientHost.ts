import type { AnswerEngine, DrillDownEngine } from '@openledger/attribution'
import { fail, UnavailableError, type Hex } from '@openledger/protocol'

/** What measures one answer after the other; an EngineHost does. */
export type GradientEngine = AnswerEngine & DrillDownEngine & { registerAdapter(folder: string): Promise<Hex>; close(): Promise<void> }

/**
 * The engine that says where answers point, beside the one that gives them: opened when it is first asked, and opened anew when it broke.
 * It has a thread and adapters of its own, and shares the pages of the weight file.
 */
export class GradientHost implements AnswerEngine, DrillDownEngine {
  readonly #open: () => Promise<GradientEngine>
  #closed = false
  readonly #folders = new Map<Hex, string>()
  #engine: Promise<{ engine: GradientEngine; adapters: Set<Hex> }> | undefined

  /** @param first an engine that is open already */
  constructor(open: () => Promise<GradientEngine>, first?: GradientEngine) {
    this.#open = open
    if (first) this.#engine = Promise.resolve({ engine: first, adapters: new Set() })
  }

  /** Notes where an adapter's files lie; they are read when an answer of it is measured. */
  place(adapterId: Hex, folder: string): void {
    this.#folders.set(adapterId, folder)
  }

  answerGradient: AnswerEngine['answerGradient'] = async (adapterId, ...rest) => {
    const { engine, adapters } = await this.#opened()
    if (!adapters.has(adapterId)) {
      const folder = this.#folders.get(adapterId) ?? fail('ADAPTER_UNKNOWN', `nobody said where adapter ${adapterId} lies`, { action: 'retry' })
      await engine.registerAdapter(folder)
      adapters.add(adapterId)
    }
    return engine.answerGradient(adapterId, ...rest)
  }

  pieces: AnswerEngine['pieces'] = async (tokens) => (await this.#opened()).engine.pieces(tokens)

  fingerprints: DrillDownEngine['fingerprints'] = async (examples) => (await this.#opened()).engine.fingerprints(examples)

  gradientDots: DrillDownEngine['gradientDots'] = async (query, examples) => (await this.#opened()).engine.gradientDots(query, examples)

  /** Gives the engine up; the next question opens another. One that does not end does not hold anybody up. */
  restart(): void {
    const old = this.#engine
    this.#engine = undefined
    old?.then(({ engine }) => engine.close()).catch(() => undefined)
  }

  /** Closes the engine for good. */
  async close(): Promise<void> {
    this.#closed = true
    const old = this.#engine
    this.#engine = undefined
    await old?.then(({ engine }) => engine.close()).catch(() => undefined)
  }

  #opened(): Promise<{ engine: GradientEngine; adapters: Set<Hex> }> {
    if (this.#closed) throw new UnavailableError('ENGINE_CLOSED', 'the engine for gradients was closed', { action: 'stop' })
    if (!this.#engine) {
      const opening = this.#open().then((engine) => ({ engine, adapters: new Set<Hex>() }))
      this.#engine = opening
      opening.catch(() => {
        if (this.#engine === opening) this.#engine = undefined
      })
    }
    return this.#engine
  }
}
