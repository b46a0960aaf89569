import { attributionRoot, readAttribution } from '@openledger/attribution'
import type { ContentStore } from '@openledger/datanet'
import { attributionStatementSchema, cidOf, digestOfCid, fail, OrderedTree, readArtefact, shareLeaf, signed, statementDomain, verifyStatement, type Json, type Network } from '@openledger/protocol'
import { z } from 'zod'
import { attributedShares, type PendingAnswer } from '../readout/attributeReceipt.ts'
import type { LedgerAttributions } from '../readout/LedgerAttributions.ts'

const signedAttribution = signed(attributionStatementSchema)
/** What a node has signed about one of its answers. */
export type SignedAttribution = z.output<typeof signedAttribution>

/** What an attribution follows from, as it travels after the statement. */
export const attributionBodySchema = z.strictObject({
  document: z.custom<Json>((v) => typeof v === 'object' && v !== null, 'expected an attribution document'),
  /** The query vector's file in base64. */
  queryVector: z.string().max(64 * 1024 * 1024),
})

export type AttributionBody = z.output<typeof attributionBodySchema>

export type AttributionTakerParts = { network: Network; content: ContentStore; attributions: Pick<LedgerAttributions, 'isKnown' | 'pending' | 'record'>; now: () => number }

/** Reads the statement that goes before an attribution: canonical JSON in base64url. @throws InputError BAD_ARTEFACT */
export function readAttributionHeader(header: string | undefined): SignedAttribution {
  return readArtefact(signedAttribution, Buffer.from(header ?? '', 'base64url'))
}

/**
 * Checks what a node signed before anything large is read from it: only the node of a receipt that waits comes further.
 * @returns what waits; undefined when the receipt is closed already
 * @throws InputError UNKNOWN_RECEIPT (to be tried again), ATTRIBUTION_LATE, CLOCKS_DIFFER; ProofError BAD_SIGNATURE
 */
export async function admitAttribution({ network, attributions, now }: Omit<AttributionTakerParts, 'content'>, { statement, signature }: SignedAttribution): Promise<PendingAnswer | undefined> {
  const waiting = await attributions.pending(statement.receiptId)
  if (!waiting) {
    // It may be faster than the receipt that it belongs to.
    if (await attributions.isKnown(statement.receiptId)) return undefined
    return fail('UNKNOWN_RECEIPT', 'this gateway has no such receipt', { status: 503, action: 'retry', field: 'receiptId' })
  }
  await verifyStatement(statementDomain(network.chainId, network.contracts.epochs), 'Attribution', statement, signature, waiting.statement.node)
  if (Number(statement.time) > waiting.deadline) fail('ATTRIBUTION_LATE', 'the attribution is of after its deadline', { action: 'stop' })
  if (Number(statement.time) > now() / 1000 + 60) fail('CLOCKS_DIFFER', 'the attribution is of a time to come', { field: 'time', fix: 'compare the clocks of gateway and node' })
  return waiting
}

/**
 * Takes an attribution that was admitted: everything that follows from its document is computed once more, and the query vector is kept.
 * @throws InputError ATTRIBUTION_DIFFERS, BAD_ARTEFACT
 */
export async function takeAttribution({ content, attributions }: Pick<AttributionTakerParts, 'content' | 'attributions'>, { statement, signature }: SignedAttribution, waiting: PendingAnswer, { document: json, queryVector }: AttributionBody): Promise<void> {
  const document = readAttribution(json as object)
  const differs = (field: string): never => fail('ATTRIBUTION_DIFFERS', `the attribution's ${field} is not that of what came with it`, { field, action: 'stop' })
  if (attributionRoot(document) !== statement.attributionRoot) differs('attributionRoot')
  if (document.queryHash !== statement.queryHash) differs('queryHash')
  const { contributors, shares } = attributedShares(document, waiting)
  if (new OrderedTree(shares.map(shareLeaf)).root !== statement.shareRoot) differs('shareRoot')
  const file = new Uint8Array(Buffer.from(queryVector, 'base64'))
  if (digestOfCid(cidOf(file)) !== statement.queryHash) differs('queryHash')
  const cid = await content.put(file)
  await attributions.record({ receiptId: statement.receiptId, attribution: statement, signature, document, queryVector: cid, contributors, shares })
}
