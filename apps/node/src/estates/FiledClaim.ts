import type { AttributedReceipt, Hex, Share } from '@openledger/protocol'
import type { Address } from 'viem'

/** Where an event stands on the chain. */
export type ChainPlace = { block: number; logIndex: number }

/** An epoch that stands, by where it was posted; `cid` is its file's content id. */
export type StandingEpoch = ChainPlace & { index: number; cid: string }

/** What disproves a claim: an epoch that held the receipt before it was claimed. */
export type Settled = Pick<StandingEpoch, 'index' | 'cid'>

/**
 * A claim to a silent gateway's estate as it was filed. `isAttributed`: an Attribution is part of it already. `settled` is what an index of settled receipts
 * says against it; null where it says nothing.
 */
export type FiledClaim = ChainPlace & { gateway: Address; receiptId: Hex; isAttributed: boolean; settled: Settled | null }

/** What a process knows of claims, and what it has against them. */
export type EstateRecords = {
  /** The claims that can still be refuted, in the chain's order, after a place; at most `limit`. */
  claims(after: ChainPlace | null, limit: number): Promise<FiledClaim[]>
  /** The epochs of a gateway whose receipts no index knows, oldest first; none of one whose receipts are indexed. */
  unindexed(gateway: Address): Promise<StandingEpoch[]>
  /** A receipt with the Attribution that closed it and the shares that follow; undefined when this process has none. */
  attributed(receiptId: Hex): Promise<(AttributedReceipt & { shares: readonly Share[] }) | undefined>
}

/** Whether one event came before another. */
export const isBefore = (one: ChainPlace, other: ChainPlace): boolean => one.block < other.block || (one.block === other.block && one.logIndex < other.logIndex)
