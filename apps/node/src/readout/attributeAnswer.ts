import { answerEvidence, type AnswerEngine, attributionRoot, buildAttribution, encodeQueryVector, type AttributionDocument } from '@openledger/attribution'
import type { ContentStore } from '@openledger/datanet'
import type { Hex } from '@openledger/protocol'
import type { AdapterEvidence } from '../deployments/AdapterEvidence.ts'

export type AnswerAttribution = {
  document: AttributionDocument
  root: Hex
  /** The content id of the query vector. */
  queryVector: string
  /** The bytes of each answer token. */
  pieces: Uint8Array[]
}

export type AttributionRequest = { engine: AnswerEngine; content: ContentStore; evidence: AdapterEvidence; promptTokens: readonly number[]; answer: readonly number[]; outputHash: Hex }

/** Finds whose records shaped an answer: its gradient for the influence, one search for the spans. The query vector is kept as public content. */
export async function attributeAnswer({ engine, content, evidence, promptTokens, answer, outputHash }: AttributionRequest): Promise<AnswerAttribution> {
  const { finder, table } = evidence
  const measured = await answerEvidence(engine, table, promptTokens, answer)
  const queryVector = await content.put(encodeQueryVector(measured.query))
  const document = buildAttribution({ finder, table, answer, ...measured, answerKey: outputHash })
  return { document, root: attributionRoot(document), queryVector, pieces: await engine.pieces(answer) }
}
