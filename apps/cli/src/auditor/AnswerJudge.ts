import type { AuditEngine, ExecutionFinding } from '@openledger/audit'
import { readArtefact, runManifestSchema, zeroHash, type ExecutionOpening, type Hex, type Receipt, type RunManifest } from '@openledger/protocol'

/** Where an auditor's engines and adapters come from. */
export type JudgeSources = {
  /** Opens an engine with the weights of a base. @throws UnavailableError BASE_MISSING */
  engine(baseId: Hex): Promise<AuditEngine>
  /** The manifest of the run that made an adapter; undefined when it is nowhere to be had. */
  manifest(adapterId: Hex): Promise<Uint8Array | undefined>
  /** Loads an adapter's files into an engine and gives the id that they really have. */
  load(engine: AuditEngine, files: RunManifest['adapter']): Promise<Hex>
}

/** Executes opened answers again, with one engine for each base and each adapter loaded once; `close` frees them. */
export class AnswerJudge {
  readonly #sources: JudgeSources
  readonly #engines = new Map<Hex, Promise<AuditEngine>>()
  readonly #adapters = new Map<Hex, Promise<string | null>>()

  constructor(sources: JudgeSources) {
    this.#sources = sources
  }

  /** What executing an answer again shows; no verdict where its base or adapter is not to be had. @throws errors of the engine that say nothing about the answer */
  async judge(receipt: Receipt, opening: ExecutionOpening): Promise<ExecutionFinding> {
    const { judgeExecution } = await import('@openledger/audit')
    const { baseId, adapterId } = receipt
    const opened = this.#engines.get(baseId) ?? this.#sources.engine(baseId)
    this.#engines.set(baseId, opened)
    opened.catch(() => this.#engines.delete(baseId))
    const engine = await opened
    if (adapterId !== zeroHash) {
      const missing = await this.#adapter(engine, adapterId)
      if (missing !== null) return { verdict: null, reason: missing }
    }
    return judgeExecution(receipt, opening, engine)
  }

  async close(): Promise<void> {
    const engines = await Promise.allSettled(this.#engines.values())
    await Promise.all(engines.map((one) => (one.status === 'fulfilled' ? one.value.close() : undefined)))
  }

  /** Null once an adapter is loaded, else why it is not. What is missing now may come: it is looked for again. */
  async #adapter(engine: AuditEngine, adapterId: Hex): Promise<string | null> {
    const loading = this.#adapters.get(adapterId) ?? this.#loadAdapter(engine, adapterId)
    this.#adapters.set(adapterId, loading)
    const missing = await loading.catch((error: unknown) => {
      this.#adapters.delete(adapterId)
      throw error
    })
    if (missing !== null) this.#adapters.delete(adapterId)
    return missing
  }

  async #loadAdapter(engine: AuditEngine, adapterId: Hex): Promise<string | null> {
    const manifest = await this.#sources.manifest(adapterId)
    if (manifest === undefined) return `the files of adapter ${adapterId} are not to be had`
    const found = await this.#sources.load(engine, readArtefact(runManifestSchema, manifest).adapter)
    return found === adapterId ? null : `the files at hand are those of adapter ${found}`
  }
}
