import { z } from 'zod'
import type { Deployment, Receipt } from '../../statements/messages.ts'
import type { AttributionHeader } from '../headers/attributionHeaderRoot.ts'
import { notProven, proven, type Verdict } from '../Verdict.ts'

/** "The document names other inputs than the receipt and the deployment." */
export const inputsClaimSchema = z.strictObject({ name: z.literal('inputs') })

/** Whether the document's table, method, base, adapter or answer is another than the receipt and its deployment say. */
export function verifyInputs(header: AttributionHeader, receipt: Receipt, deployment: Deployment): Verdict {
  const wrong = (
    [
      ['influence table', header.tableRoot, deployment.tableHash],
      ['attribution method', header.methodHash, deployment.methodHash],
      ['base', header.baseId, receipt.baseId],
      ['adapter', header.adapterId, receipt.adapterId],
      ['answer', header.answerKey, receipt.outputHash],
      ['number of answer tokens', header.answerTokens, receipt.outputTokens],
    ] as const
  ).find(([, claimed, signed]) => claimed !== signed)
  return wrong ? proven(`the ${wrong[0]} of the document is ${wrong[1]}, the receipt's is ${wrong[2]}`) : notProven('all inputs are those of the receipt')
}
