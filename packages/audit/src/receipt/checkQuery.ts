import { answerEvidence, buildAttribution, compareQueries, type AttributionDocument } from '@openledger/attribution'
import type { ReceiptBundle } from '@openledger/protocol'
import type { AuditEngine } from '../engine/AuditEngine.ts'
import { expectEqual, falseClaim } from '../report/Auditor.ts'
import type { AttributionEvidence } from '../evidence/AttributionEvidence.ts'
import { queryTolerance } from './queryTolerance.ts'

/**
 * Measures the answer's gradient and losses again: the one part of an attribution that is not integer arithmetic. Within one numerics profile they must
 * come out exactly; across profiles within `queryTolerance`, because sums are rounded in another order there.
 */
export async function checkQuery(bundle: ReceiptBundle, { document, table, published, finder }: AttributionEvidence, engine: AuditEngine): Promise<string> {
  const measured = await answerEvidence(engine.host, table, bundle.request.promptTokens, bundle.answer.tokens)
  if (engine.info.profileHash === bundle.receipt.statement.profileHash) {
    expectEqual('query vector measured again', document.queryHash, measured.query.hash)
    expectEqual('loss of the base', document.losses.base, measured.losses.base)
    expectEqual('loss of the model', document.losses.tuned, measured.losses.tuned)
    expectEqual('surprisal of the base', (document.baseSurprisal ?? []).join(), measured.baseSurprisal.join())
    return 'gradient and losses of the answer measured again: the same to the last bit'
  }
  const { identical, relativeL2 } = compareQueries(published, measured.query)
  if (relativeL2 > queryTolerance.relativeL2) falseClaim(`query vector measured again: its relative distance from the published one is ${relativeL2.toFixed(3)}; under another numerics profile ${queryTolerance.relativeL2} is allowed`)
  const apart = Math.max(Math.abs(measured.losses.base - document.losses.base), Math.abs(measured.losses.tuned - document.losses.tuned))
  if (apart > queryTolerance.lossMicroNats) falseClaim(`losses measured again: ${apart} micro-nats per token from the published ones; under another numerics profile ${queryTolerance.lossMicroNats} are allowed`)
  const again = buildAttribution({ ...measured, finder, table, answer: bundle.answer.tokens, answerKey: document.answerKey })
  const moved = shareDistance(document.shares, again.shares)
  if (moved > queryTolerance.sharePpm) falseClaim(`shares by the vector measured again: ${moved} ppm from the published ones; under another numerics profile ${queryTolerance.sharePpm} are allowed`)
  return identical ? 'measured again under another numerics profile: the same vector' : `measured again under another numerics profile: relative distance ${relativeL2.toFixed(4)} of ${queryTolerance.relativeL2} allowed`
}

/** By how much two lists of shares differ, in ppm: all that is gained or all that is lost from one to the other, whichever is more. Who is not listed has none. */
export function shareDistance(a: AttributionDocument['shares'], b: AttributionDocument['shares']): number {
  const sums = new Map<string, number>()
  for (const { contributor, sharePpm } of a) sums.set(contributor, sharePpm)
  for (const { contributor, sharePpm } of b) sums.set(contributor, (sums.get(contributor) ?? 0) - sharePpm)
  const differences = [...sums.values()]
  const total = (sign: number): number => differences.reduce((sum, difference) => sum + Math.max(0, sign * difference), 0)
  return Math.max(total(1), total(-1))
}
