import type { Address } from 'viem'
import type { ConsentTerms, Hex, PostedEpoch } from '@openledger/protocol'

/** A contribution as the Datanets contract knows it. */
export type ChainContribution = { contributor: Address; datanetId: bigint; recordsRoot: Hex; count: number; consent: ConsentTerms; committedAt: bigint; order: bigint }

/** A sealed snapshot as the Datanets contract knows it. */
export type ChainSnapshot = { datanetId: bigint; parent: Hex; root: Hex; recordCount: number; contributorCount: number; contentHash: Hex; sealedAt: bigint }

/** A registered adapter as the Models contract knows it; `runId` is the struct hash of the training run. */
export type ChainAdapter = { trainer: Address; baseId: Hex; runId: Hex; registeredAt: bigint; snapshotIds: readonly Hex[]; contentHash: Hex; /** By all datanets' terms when it was registered. */ isPaidUseAllowed: boolean }

/** A registered deployment as the Models contract knows it; prices in the smallest unit for each token. */
export type ChainDeployment = { owner: Address; active: boolean; inputPrice: bigint; outputPrice: bigint }

/** What a datanet allowed a builder at some time; `isListed`: its owner had named the builder, `isOpen`: everybody else was let in too. */
export type ChainRights = { consent: ConsentTerms; /** SPDX identifiers under which adapters may be passed on. */ licences: string[]; isOpen: boolean; isListed: boolean }

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
  deployment(id: Hex): Promise<ChainDeployment | null>
  /** A datanet's terms, and its policy towards a builder, as they stood when an adapter was registered. */
  rights(adapterId: Hex, datanetId: bigint, builder: Address): Promise<ChainRights | null>
  /** From when on an adapter's answers may not be sold, Unix seconds; null while nothing freezes it. */
  freezeAt(adapterId: Hex): Promise<bigint | null>
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
