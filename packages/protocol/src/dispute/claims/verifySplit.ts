import type { Address } from 'viem'
import { z } from 'zod'
import { address } from '../../artefacts/fields.ts'
import type { Hex } from '../../encoding/bytes.ts'
import { OpenLedgerError } from '../../errors/OpenLedgerError.ts'
import { shareLeaf } from '../../merkle/leaves.ts'
import { OrderedTree } from '../../merkle/OrderedTree.ts'
import { answerFee } from '../../money/fee.ts'
import { splitFee } from '../../money/splitFee.ts'
import type { Deployment, Receipt } from '../../statements/messages.ts'
import type { AttributionHeader } from '../headers/attributionHeaderRoot.ts'
import { contributorShareLeaf, contributorShareSchema } from '../leaves/attributionLeaves.ts'
import { notProven, proven, type Verdict } from '../Verdict.ts'

/** "The payments are not what the fee, the deployment and the document's shares give." All shares are shown, so no proof is needed. */
export const splitClaimSchema = z.strictObject({ name: z.literal('split'), shares: z.array(contributorShareSchema).max(10_000), treasury: address, stakers: address })
export type SplitClaim = z.infer<typeof splitClaimSchema>

/**
 * Whether the receipt's share root is another than the split of its fee by the document's shares.
 * @param paidRoot the receipt's `shareRoot`
 * @param known the treasury, the contract of the stakers and the payer of the receipt's channel, as the chain knows them
 */
export function verifySplit(claim: SplitClaim, header: AttributionHeader, receipt: Receipt, deployment: Deployment, paidRoot: Hex, known: Pick<SplitClaim, 'treasury' | 'stakers'> & { payer: Address }): Verdict {
  if (claim.treasury.toLowerCase() !== known.treasury.toLowerCase() || claim.stakers.toLowerCase() !== known.stakers.toLowerCase()) return notProven('treasury or stakers are others')
  if (new OrderedTree(claim.shares.map(contributorShareLeaf)).root !== header.sharesRoot) return notProven('the shares are not those of the signed document')
  const metered = answerFee(deployment, receipt, 0n)
  if (receipt.fee < metered) return proven(`the fee is ${receipt.fee}, prices and tokens alone give ${metered}`)
  try {
    // Whoever sells an answer pays no influence by asking for it.
    const isSubsidised = [deployment.owner, receipt.node, receipt.gateway].some((party) => party.toLowerCase() === known.payer.toLowerCase())
    const contributors = isSubsidised ? claim.shares.map((s) => ({ ...s, sharePpm: 0 })) : claim.shares
    const shares = splitFee({ fee: receipt.fee, platformFee: receipt.fee - metered, deployment, node: receipt.node, treasury: claim.treasury, stakers: claim.stakers, contributors })
    const root = new OrderedTree(shares.map(shareLeaf)).root
    return root === paidRoot ? notProven('the payments follow from the shares') : proven(`the shares give payments of root ${root}, the receipt pays ${paidRoot}`)
  } catch (error) {
    if (!(error instanceof OpenLedgerError)) throw error
    return proven(`the shares cannot be paid: ${error.message}`)
  }
}
