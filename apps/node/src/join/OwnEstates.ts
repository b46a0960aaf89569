import { readAttribution } from '@openledger/attribution'
import { attributionStatementSchema, readArtefact, type AttributedReceipt, type Hex, type Receipt, type Share } from '@openledger/protocol'
import type { EstateClaimFiled } from '@openledger/sdk'
import type { Address } from 'viem'
import { isBefore, type ChainPlace, type EstateRecords, type FiledClaim, type StandingEpoch } from '../estates/FiledClaim.ts'
import { attributedShares } from '../readout/attributeReceipt.ts'
import type { OwnAttribution, SignedReceipts } from './SignedReceipts.ts'

export type OwnEstatesParts = {
  /** The gateway that the node answers for. */
  gateway: Address
  /** Every method may throw UnavailableError CHAIN_AWAY. */
  chain: {
    head(): Promise<bigint>
    /** A block before which no claim can still be answered. */
    first(): Promise<bigint>
    /** The claims to the gateway's estate that were filed in a range of blocks, both ends included. */
    filed(from: bigint, to: bigint): Promise<EstateClaimFiled[]>
    /** Who opened a channel; the zero address when nobody knows. */
    payer(channelId: Hex): Promise<Address>
  }
  receipts: Pick<SignedReceipts, 'attributedOf'>
  /** Signs a receipt of this node as it was signed before. */
  sign: (statement: Receipt) => Promise<Hex>
}

/** Blocks that are looked at again: a reorganisation may have put a claim into one of them. */
const overlap = 32n

/**
 * What a node that runs alone knows of claims to its gateway's estate: those to receipts that it attributed. The gateway is silent, and the payer who claims may never
 * have got the Attribution: without it the node's own part goes to others. Epochs' files it has none of.
 */
export class OwnEstates implements EstateRecords {
  readonly #parts: OwnEstatesParts
  /** Claims to receipts that this node attributed, in the chain's order. */
  #claims: FiledClaim[] = []
  readonly #own = new Map<Hex, OwnAttribution>()
  #next: bigint | undefined

  constructor(parts: OwnEstatesParts) {
    this.#parts = parts
  }

  async claims(after: ChainPlace | null, limit: number): Promise<FiledClaim[]> {
    await this.#follow()
    return this.#claims.filter((claim) => after === null || isBefore(after, claim)).slice(0, limit)
  }

  unindexed(): Promise<StandingEpoch[]> {
    return Promise.resolve([])
  }

  async attributed(receiptId: Hex): Promise<(AttributedReceipt & { shares: readonly Share[] }) | undefined> {
    const own = this.#own.get(receiptId)
    if (!own) return undefined
    const { attribution, deadline, ...kept } = own
    const { shares } = attributedShares(readAttribution(attribution.document as object), { ...kept, payer: await this.#parts.chain.payer(kept.statement.channelId) })
    return {
      receipt: { statement: kept.statement, signature: await this.#parts.sign(kept.statement) },
      attributionDeadline: deadline,
      completion: { statement: readArtefact(attributionStatementSchema, attribution.statement as object), signature: attribution.signature },
      shares,
    }
  }

  /** Takes in what was filed since the last look; claims to receipts of others are forgotten at once. The journal is read through once for all that are new. */
  async #follow(): Promise<void> {
    const { chain, gateway, receipts } = this.#parts
    const head = await chain.head()
    const from = this.#next ?? (await chain.first())
    const known = new Set(this.#claims.map(keyOf))
    const filed = (from > head ? [] : await chain.filed(from, head)).map((claim) => ({ ...claim, gateway, settled: null })).filter((claim) => !known.has(keyOf(claim)))
    if (filed.length > 0) for (const [id, own] of await receipts.attributedOf(new Set(filed.map(({ receiptId }) => receiptId)))) this.#own.set(id, own)
    this.#claims.push(...filed.filter(({ receiptId }) => this.#own.has(receiptId)))
    this.#claims.sort((a, b) => (isBefore(a, b) ? -1 : 1))
    this.#next = head > overlap ? head - overlap : 0n
  }
}

const keyOf = ({ receiptId, block, logIndex }: Pick<FiledClaim, 'receiptId' | 'block' | 'logIndex'>): string => `${receiptId} ${block} ${logIndex}`
