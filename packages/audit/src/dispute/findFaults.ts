import { wholeIndex } from '@openledger/attribution'
import { OpenLedgerError, type DisputeClaim } from '@openledger/protocol'
import { buildClaim, judge, type DisputeRequest } from './buildDispute.ts'
import { findDisorder } from './claimIndex.ts'
import type { DisputeMaterial } from './DisputeMaterial.ts'

/** A fault with the claim that proves it. */
export type Fault = { claim: DisputeClaim; fault: string }

/**
 * All faults of an attribution that can be shown by openings, at most one of each kind and part: wrong inputs, scores, split, words, sources and
 * lengths of spans, records, order of the suffix array. What follows from no opening (a query vector that is not the answer's gradient, a table that is not the
 * training's) is not among them.
 */
export function findFaults(material: DisputeMaterial): Fault[] {
  const { table, document, index, bundle } = material
  const atoms = table.atoms.map((_, atom) => atom)
  const spans = document.spans.map((_, span) => span)
  const requests: DisputeRequest[] = [
    { name: 'inputs' },
    ...atoms.flatMap((atom): DisputeRequest[] => [{ name: 'dot-product', atom }, { name: 'score', atom }]),
    { name: 'split' },
    ...(bundle.answer.tokens.length > 0 ? [{ name: 'answer-token' } as const] : []),
    ...spans.flatMap((span): DisputeRequest[] => [{ name: 'span-words', span }, { name: 'span-source', span }, { name: 'better-match', span }]),
    { name: 'record-owner' },
    ...(findDisorder(wholeIndex(index)) ? [{ name: 'suffix-order' } as const] : []),
  ]
  return requests.flatMap((request) => {
    const claim = attempt(() => buildClaim(material, request))
    const verdict = claim && judge(material, claim)
    return claim && verdict?.proven ? [{ claim, fault: verdict.fault }] : []
  })
}

/** A claim that cannot be made (there is no such span, no such match) is no fault. */
function attempt(make: () => DisputeClaim): DisputeClaim | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof OpenLedgerError && error.action === 'fix') return undefined
    throw error
  }
}
