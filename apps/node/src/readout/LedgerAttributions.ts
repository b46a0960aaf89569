import { fail, readArtefact, receiptBundleSchema, toJson, type Hex, type Json, type Network, type ReceiptBundle } from '@openledger/protocol'
import { zeroAddress, type Address } from 'viem'
import type { Query } from '../database/Database.ts'
import type { ServedModels } from '../deployments/ServedModels.ts'
import type { Names } from '../keys/Names.ts'
import type { Ledger } from '../ledger/Ledger.ts'
import type { ClosedAttribution, PendingAnswer } from './attributeReceipt.ts'
import { shareViews } from './shareViews.ts'
import { sourcesOf } from './sourcesOf.ts'

export type LedgerAttributionParts = {
  network: Network
  query: Query
  ledger: Ledger
  models: ServedModels
  names: Names
  /** The bytes of tokens. */
  pieces: (tokens: readonly number[]) => Promise<Uint8Array[]>
}

/** The attributions that the receipts in the gateway's tables wait for. */
export class LedgerAttributions {
  readonly #parts: LedgerAttributionParts

  constructor(parts: LedgerAttributionParts) {
    this.#parts = parts
  }

  /** Whether a receipt is in the tables. */
  async isKnown(receiptId: Hex): Promise<boolean> {
    return (await this.#parts.query(`select 1 from receipts where id = $1`, [receiptId])).length > 0
  }

  /** What waits under a receipt's id; undefined when it is closed or not known here. */
  async pending(receiptId: Hex): Promise<PendingAnswer | undefined> {
    const { models } = this.#parts
    const bundle = await this.#bundle(receiptId)
    if (!bundle) return undefined
    const { receipt, request, answer, deployment, platformFee, treasury, stakers } = bundle
    const { statement } = receipt
    const { manifest, adapterId } = await models.byDeployment(statement.deploymentId)
    if (!manifest || !adapterId) return fail('NO_ADAPTER', 'the bare base has no attribution', { action: 'stop' })
    const revoked = [...(await models.revokedOf(manifest.value, Number(statement.time)))]
    const payer = await this.#payerOf(statement.channelId)
    return { statement, promptTokens: request.promptTokens, answer: answer.tokens, deployment: deployment.statement, adapterId, run: manifest.cid, platformFee, treasury, stakers, deadline: bundle.attributionDeadline ?? 0, payer, revoked }
  }

  /** Records an attribution. @throws StorageError of the journal */
  async record({ receiptId, attribution, signature, document, queryVector, contributors, shares }: ClosedAttribution): Promise<void> {
    const { network, ledger, names, pieces } = this.#parts
    const bundle = await this.#bundle(receiptId)
    if (!bundle) return
    const { statement } = bundle.receipt
    const { tokens, text } = bundle.answer
    const view = { sources: await sourcesOf(document, await pieces(tokens), text, names), ...(await shareViews({ network, node: statement.node, names, shares, contributors })) }
    await ledger.record('attribution', {
      receiptId,
      statement: toJson(attribution) as Json,
      signature,
      document: document as unknown as Json,
      queryVector,
      contributors: contributors as unknown as Json,
      shares: shares.map((s) => ({ payee: s.payee, amount: s.amount.toString() })),
      method: document.method.name,
      view: view as unknown as Json,
    })
  }

  async #bundle(receiptId: Hex): Promise<ReceiptBundle | undefined> {
    const [row] = await this.#parts.query<{ bundle: string }>(`select bundle from receipts where id = $1 and attribution = 'pending'`, [receiptId])
    return row && readArtefact(receiptBundleSchema, row.bundle)
  }

  /** Who opened a channel; the zero address for one that the indexer does not know. */
  async #payerOf(channelId: Hex): Promise<Address> {
    const [row] = await this.#parts.query<{ payer: Address }>(`select args->>'payer' as payer from chain_events where name = 'Channels.ChannelOpened' and args->>'channelId' = $1`, [channelId])
    return row?.payer ?? zeroAddress
  }
}
