import type { Hex, RecordContent, SnapshotLeaf } from '@openledger/protocol'
import type { Address } from 'viem'

/** An accepted record on its way into a snapshot. */
export type AcceptedRecord = RecordContent & {
  recordId: Hex
  contributor: Address
  /** The EIP-712 digest of the contribution that gave it. */
  contributionId: Hex
  /** SPDX licence identifier of that contribution. */
  licence: string
  /** When the contribution was committed on the chain: any number that rises with the chain's order. */
  committedAt: bigint
  /** The record's place in its contribution. */
  index: number
}

/** A record as it stands in a snapshot file. Its address is in lower case. */
export type SnapshotRecord = RecordContent &
  SnapshotLeaf & {
    contributionId: Hex
    licence: string
    /** The record that this one repeats; such a copy has weight 0. */
    copyOf?: Hex
  }

/** The first line of a snapshot file. */
export type SnapshotHeader = {
  kind: 'openledger/snapshot/1'
  datanetId: string
  parent: Hex
  root: Hex
  recordCount: number
  contributorCount: number
  /** How weights were given: the name of the duplicate method. */
  weighting: string
}

/** The part of a record that its leaf commits to. */
export function leafOf({ recordId, contributor, weight }: SnapshotLeaf): SnapshotLeaf {
  return { recordId, contributor, weight }
}

/** The number of distinct contributors. */
export function countContributors(leaves: readonly SnapshotLeaf[]): number {
  return new Set(leaves.map((leaf) => leaf.contributor.toLowerCase())).size
}

/** Each contributor's training weight in a snapshot, by address in ascending order; those of weight 0 are listed too. */
export function contributorWeights(leaves: readonly SnapshotLeaf[]): { contributor: Address; weight: number }[] {
  const sums = new Map<Address, number>()
  for (const { contributor, weight } of leaves) {
    const key = contributor.toLowerCase() as Address
    sums.set(key, (sums.get(key) ?? 0) + weight)
  }
  return [...sums].map(([contributor, weight]) => ({ contributor, weight })).sort((a, b) => (a.contributor < b.contributor ? -1 : 1))
}
