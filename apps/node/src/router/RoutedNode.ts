import type { Hex } from '@openledger/protocol'
import type { DecayedMean } from './DecayedMean.ts'
import type { NodeBreaker } from './NodeBreaker.ts'
import type { RecentSet } from './RecentSet.ts'

/** What a node has said and bonded: it decides what the node may be asked, not how good it is. */
export type NodeProfile = {
  /** Its address in lower case. */
  id: string
  baseId: Hex
  profileHash: Hex
  /** Whether any node of this numerics profile gives the same tokens for the same request. */
  exactReplay: boolean
  /** Answers that it computes at once. */
  slots: number
  /** False when it shares orders out by itself: then it takes any number, and what it refuses says nothing of other orders. Default true. */
  bounded?: boolean
  /** Longest sequence, in tokens. */
  positions: number
  /** Bonded, smallest unit. */
  stake: bigint
  /** What it asks at least, smallest unit for 1,000 tokens. */
  inputPrice: bigint
  outputPrice: bigint
  /** Whether an adapter is on its disk or nearer. */
  holds(adapterId: Hex): boolean
}

/** A node with what the gateway itself measured of it. */
export type RoutedNode = {
  profile: NodeProfile
  readonly id: string
  readonly breaker: NodeBreaker
  /** Natural logarithm of milliseconds to the first token, and how far it lay from what was expected. */
  readonly firstToken: DecayedMean
  readonly firstTokenError: DecayedMean
  /** Natural logarithm of tokens a second after the first. */
  readonly speed: DecayedMean
  /** 1 for a failed attempt, 0 for a finished one. */
  readonly failures: DecayedMean
  inFlight: number
  /** Adapters that it was given orders for lately: it holds them, or is about to. */
  readonly given: RecentSet
  /** Natural logarithm of its weight by score whenever adapters were shared out: what it is on average, so that passing changes move no adapter. */
  readonly standing: DecayedMean
  /** Orders that wait for their adapter to be loaded: without a first token yet. */
  loading: number
  /** How many orders at once it has shown to carry; what it says of its slots counts up to that. */
  shownSlots: number
  /** It said that it is full; it is asked again then. */
  fullUntil: number
}

/** Slots of a node, as far as it has shown to have them. */
export const slotsOf = ({ profile, shownSlots }: RoutedNode): number => Math.min(profile.slots, shownSlots)

/** Orders per slot. */
export const loadOf = (node: RoutedNode): number => node.inFlight / slotsOf(node)
