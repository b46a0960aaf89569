import { answerEvidence, type AnswerEngine, attributionRoot, buildAttribution, encodeQueryVector, type AttributionDocument } from '@openledger/attribution'
import type { ContentStore } from '@openledger/datanet'
import { zeroHash, type ContributorShare, type Hex } from '@openledger/protocol'
import type { AdapterEvidence } from '../deployments/AdapterEvidence.ts'

export type AnswerAttribution = {
  document: AttributionDocument | null
  root: Hex
  queryVector: string | null
  contributors: ContributorShare[]
  /** The bytes of each answer token. */
  pieces: Uint8Array[]
}

export type AttributionRequest = { engine: AnswerEngine; content: ContentStore; evidence: AdapterEvidence; promptTokens: readonly number[]; answer: readonly number[]; outputHash: Hex }

/** The bare base, and an answer without words: nothing to attribute. */
export const noAttribution = (contributors: ContributorShare[] = []): AnswerAttribution => ({ document: null, root: zeroHash, queryVector: null, contributors, pieces: [] })

/** Finds whose records shaped an answer: one pass backward for the influence, one search for the spans. The query vector is kept as public content. */
export async function attributeAnswer({ engine, content, evidence, promptTokens, answer, outputHash }: AttributionRequest): Promise<AnswerAttribution> {
  if (answer.length === 0) return noAttribution(evidence.weights.map((w) => ({ ...w, sharePpm: 0 })))
  const { finder, table } = evidence
  const measured = await answerEvidence(engine, table, promptTokens, answer)
  const queryVector = await content.put(encodeQueryVector(measured.query))
  const document = buildAttribution({ finder, table, answer, ...measured, answerKey: outputHash })
  return { document, root: attributionRoot(document), queryVector, contributors: document.shares, pieces: await engine.pieces(answer) }
}
