import type { Address } from 'viem'
import type { ConsentTerms, Hex, PostedEpoch } from '@openledger/protocol'

/** A contribution as the Datanets contract knows it. */
export type ChainContribution = { contributor: Address; datanetId: bigint; recordsRoot: Hex; count: number; consent: ConsentTerms; committedAt: bigint; order: bigint }

/** A sealed snapshot as the Datanets contract knows it. */
export type ChainSnapshot = { datanetId: bigint; parent: Hex; root: Hex; recordCount: number; contributorCount: number; contentHash: Hex; sealedAt: bigint }

/** A registered adapter as the Models contract knows it; `runId` is the struct hash of the training run. */
export type ChainAdapter = { trainer: Address; baseId: Hex; runId: Hex; registeredAt: bigint; snapshotIds: readonly Hex[]; contentHash: Hex; /** By all datanets' terms when it was registered. */ isPaidUseAllowed: boolean }

/** An epoch as the gateway posted it. */
export type ChainEpoch = PostedEpoch & {
  voided: boolean
  final: boolean
}

/** What the audit asks of the chain. Every method gives null for what the chain does not know; throws UnavailableError when it is away. */
export type ChainView = {
  contribution(id: Hex): Promise<ChainContribution | null>
  snapshot(id: Hex): Promise<ChainSnapshot | null>
  base(id: Hex): Promise<{ registrant: Address } | null>
  adapter(id: Hex): Promise<ChainAdapter | null>
  deployment(id: Hex): Promise<{ owner: Address; active: boolean } | null>
  channel(id: Hex): Promise<{ payer: Address; gateway: Address } | null>
  epoch(gateway: Address, index: number): Promise<ChainEpoch | null>
  /** All that the gateway has collected from channels, smallest unit. */
  collected(gateway: Address): Promise<bigint>
  /** The time of the newest block, Unix seconds. */
  time(): Promise<bigint>
  /** The stake of a node in force, smallest unit. */
  stake(node: Address): Promise<bigint>
  /** When the contributor withdrew a record, Unix seconds. */
  revokedAt(datanetId: bigint, recordId: Hex, contributor: Address): Promise<bigint | null>
}
