import { answerEvidence, type AnswerEngine, attributionRoot, buildAttribution, encodeQueryVector, type AttributionDocument } from '@openledger/attribution'
import type { ContentStore } from '@openledger/datanet'
import type { Hex, RunManifest } from '@openledger/protocol'
import { AnswerEvidence } from './AnswerEvidence.ts'

export type AnswerAttribution = {
  document: AttributionDocument
  root: Hex
  /** The content id of the query vector. */
  queryVector: string
}

export type AttributionRequest = {
  files: Pick<RunManifest, 'influenceTable' | 'spanIndex'>
  /** Records that were revoked when the answer was given. */
  revoked: readonly Hex[]
  promptTokens: readonly number[]
  /** Token ids of the answer, at least one. */
  answer: readonly number[]
  outputHash: Hex
}

/** Finds whose records shaped answers, wherever an engine and the files are. Keeps what it read of the adapters that were asked for last. */
export class AnswerAttributor {
  readonly #engine: AnswerEngine
  readonly #content: ContentStore
  readonly #evidence: AnswerEvidence

  constructor(engine: AnswerEngine, content: ContentStore) {
    this.#engine = engine
    this.#content = content
    this.#evidence = new AnswerEvidence(content)
  }

  /** One answer: its gradient for the influence, one search for the spans. The query vector is kept as public content. */
  async attribute({ files, revoked, promptTokens, answer, outputHash }: AttributionRequest): Promise<AnswerAttribution> {
    const { table, finder } = await this.#evidence.of(files, new Set(revoked))
    const measured = await answerEvidence(this.#engine, table, promptTokens, answer)
    const queryVector = await this.#content.put(encodeQueryVector(measured.query))
    const document = buildAttribution({ finder, table, answer, ...measured, answerKey: outputHash })
    return { document, root: attributionRoot(document), queryVector }
  }
}
