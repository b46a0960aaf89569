import { attributionCommitment } from '@openledger/attribution'
import { fail, rootsInForce, verifyClaim, type DisputeBundle, type DisputeClaim, type Verdict } from '@openledger/protocol'
import { claimRecordOwner, claimSuffixOrder } from './claimIndex.ts'
import { claimDotProduct, claimScore } from './claimScores.ts'
import { claimAnswerToken, claimBetterMatch, claimSpanSource, claimSpanWords } from './claimSpans.ts'
import type { DisputeMaterial } from './DisputeMaterial.ts'

/** What to accuse of, and of which part; without a part the first that is wrong is taken. */
export type DisputeRequest = { name: DisputeClaim['name']; atom?: number; chunk?: number; span?: number; at?: number; record?: number; rank?: number }

/** Makes the claim that is asked for, true or not. @throws InputError NO_SUCH_*, NO_MATCH */
export function buildClaim(material: DisputeMaterial, { name, atom = 0, chunk, span = 0, at, record, rank }: DisputeRequest): DisputeClaim {
  switch (name) {
    case 'dot-product':
      return claimDotProduct(material, atom, chunk)
    case 'score':
      return claimScore(material, atom)
    case 'split':
      return { name, shares: material.document.shares, treasury: material.bundle.treasury, stakers: material.bundle.stakers }
    case 'inputs':
      return { name }
    case 'answer-token':
      return claimAnswerToken(material, at)
    case 'span-words':
      return claimSpanWords(material, span, at)
    case 'span-source':
      return claimSpanSource(material, span)
    case 'better-match':
      return claimBetterMatch(material, span)
    case 'record-owner':
      return claimRecordOwner(material, record)
    case 'suffix-order':
      return claimSuffixOrder(material, rank)
    default:
      return fail('UNKNOWN_CLAIM', `"${String(name).slice(0, 40)}" is no claim that can be disputed`, { field: 'dispute' })
  }
}

/** What the claim proves against what was signed; the judge's own arithmetic. */
export function judge({ bundle, document, payer }: DisputeMaterial, claim: DisputeClaim): Verdict {
  const { receipt, deployment, treasury, stakers } = bundle
  return verifyClaim(claim, attributionCommitment(document).header, { receipt: receipt.statement, inForce: rootsInForce(bundle), deployment: deployment.statement, treasury, stakers, payer })
}

/** Puts a claim together with the statements that it is held against. */
export function buildDispute({ bundle, document }: DisputeMaterial, claim: DisputeClaim): DisputeBundle {
  const { receipt, deployment, attributionDeadline, completion } = bundle
  return {
    kind: 'openledger/dispute/1',
    receipt,
    ...(attributionDeadline === undefined ? {} : { attributionDeadline }),
    ...(completion === undefined ? {} : { completion }),
    deployment,
    header: attributionCommitment(document).header,
    claim,
  }
}
