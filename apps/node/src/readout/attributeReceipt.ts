import { payableShares, type AttributionDocument } from '@openledger/attribution'
import { OrderedTree, shareLeaf, signStatement, splitFee, statementDomain, UnavailableError, type Attribution, type ContributorShare, type Deployment, type Hex, type Network, type Receipt, type Share } from '@openledger/protocol'
import type { Address, LocalAccount } from 'viem'
import type { Clock } from '../config/Clock.ts'
import type { HeldAdapters } from '../worker/HeldAdapters.ts'
import type { AttributionThread } from './AttributionThread.ts'

/** An answer that waits for its attribution, with everything that the attribution depends on. */
export type PendingAnswer = {
  statement: Receipt
  promptTokens: readonly number[]
  /** The answer's tokens. */
  answer: readonly number[]
  deployment: Deployment
  adapterId: Hex
  /** Content id of the manifest of the run that made the adapter. */
  run: string
  platformFee: bigint
  treasury: Address
  stakers: Address
  /** Unix seconds. */
  deadline: number
  /** Who opened the channel; the zero address when nobody knows. */
  payer: Address
  /** Records that were revoked when the answer was given. */
  revoked: readonly Hex[]
}

/** An answer's attribution, signed, with what it follows from. */
export type ClosedAttribution = {
  receiptId: Hex
  attribution: Attribution
  signature: Hex
  document: AttributionDocument
  /** Content id of the query vector. */
  queryVector: string
  contributors: ContributorShare[]
  shares: Share[]
}

export type ReceiptAttributionParts = {
  network: Network
  /** The node's. */
  account: LocalAccount
  thread: Pick<AttributionThread, 'attribute'>
  adapters: Pick<HeldAdapters, 'ready'>
  clock: Clock
  /** What waits under a receipt's id; undefined when it does not wait any more. */
  pending: (receiptId: Hex) => Promise<PendingAnswer | undefined>
  /** Where the attribution goes; it is made again when this throws. */
  deliver: (closed: ClosedAttribution) => Promise<void>
}

/** What an attribution document pays: the fee divided by the shares that are payable. */
export function attributedShares(document: Pick<AttributionDocument, 'shares'>, { statement, deployment, platformFee, treasury, stakers, payer }: Omit<PendingAnswer, 'promptTokens' | 'answer' | 'adapterId' | 'run' | 'deadline' | 'revoked'>): { contributors: ContributorShare[]; shares: Share[] } {
  const contributors = payableShares(document.shares, { payer, owner: deployment.owner, node: statement.node, gateway: statement.gateway })
  return { contributors, shares: splitFee({ fee: statement.fee, platformFee, deployment, node: statement.node, treasury, stakers, contributors }) }
}

/**
 * Closes what a receipt left open: measures its answer, divides its fee by that, and signs the Attribution. It is the same for an answer of a moment ago
 * and for one of before a crash. Does nothing for a receipt that is closed.
 * @throws UnavailableError ATTRIBUTION_LATE when the deadline passed meanwhile; errors of the engine, the content store and of `deliver`
 */
export async function attributeReceipt({ network, account, thread, adapters, clock, pending, deliver }: ReceiptAttributionParts, receiptId: Hex): Promise<void> {
  const waiting = await pending(receiptId)
  if (!waiting) return
  const { statement, promptTokens, answer, revoked, deadline } = waiting
  const files = await adapters.ready(waiting.adapterId, waiting.run)
  const { document, root, queryVector } = await thread.attribute({ files, revoked, promptTokens, answer, outputHash: statement.outputHash })
  const { contributors, shares } = attributedShares(document, waiting)
  const time = Math.floor(clock.now() / 1000)
  if (time > deadline) throw new UnavailableError('ATTRIBUTION_LATE', 'the answer was measured after its deadline', { action: 'stop' })
  const attribution: Attribution = { receiptId, attributionRoot: root, queryHash: document.queryHash, shareRoot: new OrderedTree(shares.map(shareLeaf)).root, time: BigInt(time) }
  const signature = await signStatement(account, statementDomain(network.chainId, network.contracts.epochs), 'Attribution', attribution)
  await deliver({ receiptId, attribution, signature, document, queryVector, contributors, shares })
}
