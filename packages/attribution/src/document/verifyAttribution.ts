import { OpenLedgerError, type Hex } from '@openledger/protocol'
import type { Losses } from '../shares/influenceShares.ts'
import type { AttributionDocument } from './attributionSchema.ts'
import { attributionInputs, buildAttribution, type AttributionInput } from './buildAttribution.ts'
import { firstDifference, type Comparison } from './firstDifference.ts'
import { surprisalFault } from './surprisalFault.ts'

/** What a document is checked against. Losses, surprisals and answer key are compared when given, and taken from the document when not. */
export type AttributionEvidence = Omit<AttributionInput, 'losses' | 'answerKey'> & { losses?: Losses; answerKey?: Hex }

/**
 * Recomputes an attribution document bit for bit: first the names of its inputs, and whether the surprisals belong to the base loss; then scores, shares and spans.
 * @returns how many values were compared, and the first false claim if there is one
 */
export function verifyAttribution(document: AttributionDocument, evidence: AttributionEvidence): Comparison {
  const baseSurprisal = evidence.baseSurprisal ?? document.baseSurprisal
  const input = { ...evidence, losses: evidence.losses ?? document.losses, ...(baseSurprisal ? { baseSurprisal } : {}), answerKey: evidence.answerKey ?? document.answerKey }
  const { tokensRoot: _tokens, sumsRoot: _sums, scores: _scores, shares: _shares, spans: _spans, ...claimedInputs } = document
  const inputs = firstDifference(claimedInputs, attributionInputs(input))
  if (inputs.difference) return inputs
  const fault = baseSurprisal && surprisalFault(baseSurprisal, input.losses)
  if (fault) return { checked: inputs.checked + 1, difference: { field: 'baseSurprisal', claimed: `${baseSurprisal.length} surprisals`, recomputed: fault } }
  try {
    return firstDifference(document, buildAttribution(input))
  } catch (error) {
    if (!(error instanceof OpenLedgerError)) throw error
    return { checked: inputs.checked + 1, difference: { field: error.field ?? 'scores', claimed: 'computable', recomputed: error.message } }
  }
}
