import type { Hex } from '@openledger/protocol'
import type { Address } from 'viem'

/** A record as clusters are found among: its content, who gave it, and in which contribution. */
export type ClusterRecord = {
  recordId: Hex
  contributionId: Hex
  contributor: Address
  prompt: string
  completion: string
  /** The place of its contribution's commitment on the chain; records of one contribution go by their ids. */
  order: number
  /** The record that it was found to repeat when its snapshot was sealed. */
  copyOf?: Hex
}

/** What the model makes of a record: 1,024 bytes of gradient signs, and the embedding as integers. */
export type ClusterEvidence = { simhash: Uint8Array; embedding: Int8Array }

/** A curator's decision that a record is no copy: it stands for itself, whatever is found. */
export type ClusterAppeal = { recordId: Hex; contributionId: Hex; reason: string; by: string; /** Unix seconds. */ at: number }

/**
 * How a copy was found: `exact` after folding case, marks, spaces and lookalikes; `near` by shingles (MinHash); `covered` by long matches that hold
 * it or that it holds (suffix array); `reworded` with all words that carry the fact; `paraphrase` by gradient and embedding; `sealed` by its snapshot.
 */
export type ClusterMethod = 'exact' | 'near' | 'covered' | 'reworded' | 'paraphrase' | 'sealed'

/** What was found of one record. `of` is the place of the first committed record of its cluster, its own when it is that. */
export type ClusterPlace = { of: number; method?: ClusterMethod; /** By the method's own measure, in permille. */ similarity?: number }
