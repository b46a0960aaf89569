import { payableShares } from '@openledger/attribution'
import { OpenLedgerError, OrderedTree, readArtefact, receiptBundleSchema, shareLeaf, signStatement, splitFee, statementDomain, toJson, UnavailableError, type Attribution, type Hex, type Json, type Network, type ReceiptBundle } from '@openledger/protocol'
import { zeroAddress, type Address, type LocalAccount } from 'viem'
import type { Clock } from '../config/Clock.ts'
import type { Query } from '../database/Database.ts'
import type { ServedModels } from '../deployments/ServedModels.ts'
import type { Names } from '../keys/Names.ts'
import type { Ledger } from '../ledger/Ledger.ts'
import type { AttributionThread } from './AttributionThread.ts'
import { shareViews } from './shareViews.ts'
import { sourcesOf } from './sourcesOf.ts'

export type ReceiptAttributionParts = { network: Network; account: LocalAccount; query: Query; ledger: Ledger; models: ServedModels; thread: Pick<AttributionThread, 'attribute'>; names: Names; clock: Clock }

async function pendingBundle(query: Query, receiptId: Hex): Promise<ReceiptBundle | undefined> {
  const [row] = await query<{ bundle: string }>(`select bundle from receipts where id = $1 and attribution = 'pending'`, [receiptId])
  return row && readArtefact(receiptBundleSchema, row.bundle)
}

/** Who opened a channel; the zero address for one that the indexer does not know. */
async function payerOf(query: Query, channelId: Hex): Promise<Address> {
  const [row] = await query<{ payer: Address }>(`select args->>'payer' as payer from chain_events where name = 'Channels.ChannelOpened' and args->>'channelId' = $1`, [channelId])
  return row?.payer ?? zeroAddress
}

/**
 * Closes what a receipt left open: measures its answer, divides its fee by that, signs the Attribution and records it. All it needs is in the
 * tables and files, so it is the same for an answer of a moment ago and for one of before a crash. Does nothing for a receipt that is closed.
 * @throws UnavailableError ATTRIBUTION_LATE when the deadline passed meanwhile; errors of the engine, the content store and the journal
 */
export async function attributeReceipt(parts: ReceiptAttributionParts, receiptId: Hex): Promise<void> {
  const { network, account, query, ledger, models, thread, names, clock } = parts
  const bundle = await pendingBundle(query, receiptId)
  if (!bundle) return
  const { receipt, request, answer, deployment, platformFee, treasury, stakers } = bundle
  const { statement } = receipt
  const model = await models.byDeployment(statement.deploymentId)
  if (!model.manifest) throw new OpenLedgerError('NO_ADAPTER', 'the bare base has no attribution', { action: 'stop' })
  const revoked = [...(await models.revokedOf(model.manifest.value, Number(statement.time)))]
  const found = await thread.attribute({ files: model.manifest.value, revoked, promptTokens: request.promptTokens, answer: answer.tokens, outputHash: statement.outputHash })
  const { document } = found
  const payer = await payerOf(query, statement.channelId)
  const contributors = payableShares(document.shares, { payer, owner: deployment.statement.owner, node: statement.node, gateway: statement.gateway })
  const shares = splitFee({ fee: statement.fee, platformFee, deployment: deployment.statement, node: statement.node, treasury, stakers, contributors })
  const time = Math.floor(clock.now() / 1000)
  if (time > (bundle.attributionDeadline ?? 0)) throw new UnavailableError('ATTRIBUTION_LATE', 'the answer was measured after its deadline', { action: 'stop' })
  const attribution: Attribution = { receiptId, attributionRoot: found.root, queryHash: document.queryHash, shareRoot: new OrderedTree(shares.map(shareLeaf)).root, time: BigInt(time) }
  const signature = await signStatement(account, statementDomain(network.chainId, network.contracts.epochs), 'Attribution', attribution)
  await ledger.record('attribution', {
    receiptId,
    statement: toJson(attribution) as Json,
    signature,
    document: document as unknown as Json,
    queryVector: found.queryVector,
    contributors: contributors as unknown as Json,
    shares: shares.map((s) => ({ payee: s.payee, amount: s.amount.toString() })),
    method: document.method.name,
    view: { sources: await sourcesOf(document, found.pieces, answer.text, names), ...(await shareViews({ network, node: statement.node, names, shares, contributors })) } as unknown as Json,
  })
}
