import type { Address } from 'viem'
import { ProofError } from '../errors/classes.ts'
import { deploymentId } from '../ids/ids.ts'
import { checkCompletion, rootsInForce } from '../receipt/openAttribution.ts'
import { statementDomain } from '../statements/domain.ts'
import type { Deployment, Receipt } from '../statements/messages.ts'
import { verifyStatement } from '../statements/statement.ts'
import { verifyAnswerToken } from './claims/verifyAnswerToken.ts'
import { verifyBetterMatch } from './claims/verifyBetterMatch.ts'
import { verifyDotProduct } from './claims/verifyDotProduct.ts'
import { verifyInputs } from './claims/verifyInputs.ts'
import { verifyRecordOwner } from './claims/verifyRecordOwner.ts'
import { verifyScore } from './claims/verifyScore.ts'
import { verifySpanSource } from './claims/verifySpanSource.ts'
import { verifySpanWords } from './claims/verifySpanWords.ts'
import { verifySplit } from './claims/verifySplit.ts'
import { verifySuffixOrder } from './claims/verifySuffixOrder.ts'
import type { DisputeBundle, DisputeClaim } from './disputeBundle.ts'
import { attributionHeaderRoot, type AttributionHeader } from './headers/attributionHeaderRoot.ts'
import { notProven, type Verdict } from './Verdict.ts'

/** What a claim is held against, all of it signed: by the node (receipt, and the roots in force of its attribution and its payments) and by the model's owner (deployment). */
export type DisputeRoots = { receipt: Receipt; inForce: Pick<Receipt, 'attributionRoot' | 'shareRoot'>; deployment: Deployment; treasury: Address; stakers: Address; /** Of the receipt's channel, as the chain knows it. */ payer: Address }

/** Judges one claim against a document's header; the header must be the one that the receipt binds. Pure; mirrored by the contracts. */
export function verifyClaim(claim: DisputeClaim, header: AttributionHeader, roots: DisputeRoots): Verdict {
  const { receipt, deployment, inForce } = roots
  if (attributionHeaderRoot(header) !== inForce.attributionRoot) return notProven('the header is not the one that the node signed')
  if (deploymentId(deployment) !== receipt.deploymentId) return notProven('the deployment is not the one that the receipt names')
  switch (claim.name) {
    case 'dot-product':
      return verifyDotProduct(claim, header)
    case 'score':
      return verifyScore(claim, header)
    case 'split':
      return verifySplit(claim, header, receipt, deployment, inForce.shareRoot, roots)
    case 'inputs':
      return verifyInputs(header, receipt, deployment)
    case 'answer-token':
      return verifyAnswerToken(claim, header, receipt)
    case 'span-words':
      return verifySpanWords(claim, header)
    case 'span-source':
      return verifySpanSource(claim, header)
    case 'record-owner':
      return verifyRecordOwner(claim, header, receipt)
    case 'better-match':
      return verifyBetterMatch(claim, header)
    case 'suffix-order':
      return verifySuffixOrder(claim, header)
  }
}

/** Where statements are addressed to, and who is paid besides those whom they name. */
export type DisputeCourt = { chainId: number; epochs: Address; models: Address; treasury: Address; stakers: Address; /** Of the receipt's channel. */ payer: Address }

/** Judges a whole bundle: signatures first, then its claim. A bundle that is not well signed proves nothing. */
export async function verifyDispute(bundle: DisputeBundle, court: DisputeCourt): Promise<Verdict> {
  const { receipt, deployment, header, claim } = bundle
  try {
    await verifyStatement(statementDomain(court.chainId, court.epochs), 'Receipt', receipt.statement, receipt.signature, receipt.statement.node)
    const stage = await checkCompletion(statementDomain(court.chainId, court.epochs), bundle)
    if (stage === 'open') return notProven('the receipt is not attributed yet')
    await verifyStatement(statementDomain(court.chainId, court.models), 'Deployment', deployment.statement, deployment.signature, deployment.statement.owner)
  } catch (error) {
    if (!(error instanceof ProofError)) throw error
    return notProven(error.message)
  }
  return verifyClaim(claim, header, { receipt: receipt.statement, inForce: rootsInForce(bundle), deployment: deployment.statement, treasury: court.treasury, stakers: court.stakers, payer: court.payer })
}
