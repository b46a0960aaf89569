import type { Address } from 'viem'
import type { Hex } from '../encoding/bytes.ts'

/**
 * What a contributor allows, the sum of: who may train (0 nobody, 1 builders whom the datanet's owner allows, 2 anyone), 4 answers may be
 * sold, 8 adapters of before may go on earning after a revocation. `consentTerms` makes it, `readConsent` reads it.
 */
export type ConsentTerms = 0 | 1 | 2 | 4 | 5 | 6 | 8 | 9 | 10 | 12 | 13 | 14

/** A contributor's statement: these records are mine to give, under this licence and these terms. */
export type Contribution = {
  datanetId: bigint
  contributor: Address
  /** Ordered Merkle root over the record ids. */
  recordsRoot: Hex
  count: number
  /** SPDX licence identifier. */
  licence: string
  consent: ConsentTerms
  nonce: bigint
}

/** A datanet owner's statement: this version of the datanet holds exactly these records. */
export type Snapshot = {
  datanetId: bigint
  /** The snapshot before this one; zero for the first. */
  parent: Hex
  /** Ordered Merkle root over (record id, contributor, weight). */
  root: Hex
  recordCount: number
  contributorCount: number
  /** SHA-256 of the snapshot file. */
  contentHash: Hex
}

/** A trainer's statement: this adapter came out of this base, these snapshots and this recipe. */
export type TrainingRun = {
  trainer: Address
  baseId: Hex
  snapshotIds: readonly Hex[]
  recipeHash: Hex
  profileHash: Hex
  seed: Hex
  adapterId: Hex
  metricsHash: Hex
  /** SPDX identifier of the licence under which the adapter is passed on. */
  licence: string
}

/** A model owner's statement: this adapter is served at these prices, and what it earns is split like this. */
export type Deployment = {
  owner: Address
  adapterId: Hex
  /** Smallest unit of OPEN for 1,000 input tokens. */
  inputPrice: bigint
  /** Smallest unit of OPEN for 1,000 output tokens. */
  outputPrice: bigint
  /** Parts per million; the four sum to 1,000,000. */
  nodePpm: number
  ownerPpm: number
  stakersPpm: number
  contributorsPpm: number
  /** keccak of the attribution method's name and constants. */
  methodHash: Hex
  /** The root of the published influence table (`tableRoot`), under which a contract opens pieces of it. */
  tableHash: Hex
  nonce: bigint
}

/** A payer's statement: the gateway may collect this much in all from this channel. */
export type Voucher = { channelId: Hex; cumulative: bigint }

/** A node's statement about one answer: everything that the answer, its price and its attribution depend on. */
export type Receipt = {
  baseId: Hex
  /** Zero for the bare base. */
  adapterId: Hex
  /** keccak of the ABI-encoded snapshot ids. */
  snapshotsHash: Hex
  deploymentId: Hex
  node: Address
  gateway: Address
  channelId: Hex
  /** Salted hash over the rendered prompt's token ids. */
  requestHash: Hex
  /** Salted hash over the answer's token ids. */
  outputHash: Hex
  /** keccak of the canonical JSON of the sampling parameters, the seed among them. */
  samplingHash: Hex
  inputTokens: number
  outputTokens: number
  fee: bigint
  profileHash: Hex
  /** Ordered Merkle root over the logits hash of each answer token. */
  fingerprintRoot: Hex
  /** Zero when there is nothing to attribute, the mark of a deadline (`pendingAttributionRoot`) while an Attribution is awaited, else keccak of the canonical attribution document. */
  attributionRoot: Hex
  /** Ordered Merkle root over (payee, amount). While an Attribution is awaited: the shares that hold when none comes in time. */
  shareRoot: Hex
  /** Unix seconds. */
  time: bigint
  /** Unique for the node, rising by one. */
  nonce: bigint
}

/** A node's second statement about an answer whose receipt left it open: whose data shaped it, and whom it pays therefore. */
export type Attribution = {
  /** The EIP-712 digest of the receipt. */
  receiptId: Hex
  /** keccak of the canonical attribution document. */
  attributionRoot: Hex
  /** SHA-256 of the query vector's file. */
  queryHash: Hex
  /** Ordered Merkle root over (payee, amount); takes the place of the receipt's. */
  shareRoot: Hex
  /** Unix seconds; at most the receipt's deadline. */
  time: bigint
}

/** A gateway's statement: this receipt was paid for, and stands in one of my epochs by this date. */
export type InclusionPromise = {
  gateway: Address
  /** The EIP-712 digest of the receipt. */
  receiptId: Hex
  /** The receipt's fee, smallest unit of OPEN. */
  fee: bigint
  /** Unix seconds. */
  includeBy: bigint
}

/** An agent's statement: this task is done by the deadline, or the penalty is the client's. */
export type Guarantee = {
  /** The agent's id in the identity registry; `agent` is its wallet. */
  agentId: bigint
  agent: Address
  client: Address
  /** keccak of the task's description. */
  taskHash: Hex
  /** Smallest unit of OPEN; what the client pays when the promise is kept. */
  reward: bigint
  /** Smallest unit of OPEN; what the client gets, with the reward, when it is broken. */
  penalty: bigint
  /** Unix seconds; the client must have accepted by then. */
  acceptBy: bigint
  /** Unix seconds; after `acceptBy`. */
  deadline: bigint
  /** The contract that judges the delivery. */
  verifier: Address
  /** What the verifier holds the delivery against. */
  criterion: Hex
  nonce: bigint
}

/** A client's statement: this result is what I was promised, the reward is the agent's. */
export type Release = { guaranteeId: Hex; resultHash: Hex }

/** A node's statement to one gateway: I serve this base, from here, with this much room. */
export type Announcement = {
  node: Address
  gateway: Address
  /** Where the gateway reaches it. */
  url: string
  /** SHA-256 of the TLS certificate that it serves there; zero without TLS. */
  certificate: Hex
  baseId: Hex
  profileHash: Hex
  /** What binds the adapters that it holds (`adaptersHash`). */
  adaptersHash: Hex
  /** Answers that it computes at once. */
  slots: number
  /** Longest sequence, in tokens. */
  positions: number
  /** Smallest unit of OPEN for 1,000 input tokens: deployments below it are not for this node. */
  inputPrice: bigint
  /** The same for 1,000 output tokens. */
  outputPrice: bigint
  /** Drawn anew at each start. */
  session: Hex
  /** Rises within a session. */
  sequence: bigint
  /** Unix milliseconds. */
  time: bigint
}

/** A gateway's statement to one node: show that you have the base's weight file. */
export type Challenge = {
  gateway: Address
  node: Address
  /** 32 random bytes. */
  challenge: Hex
  /** Unix milliseconds. */
  time: bigint
}

/** A node's statement: I have the base's weight file at hand. */
export type Possession = {
  node: Address
  gateway: Address
  baseId: Hex
  /** Drawn by the gateway. */
  challenge: Hex
  /** What `possessionProof` gives for the file. */
  proof: Hex
}

/** A gateway's statement to one node: compute this answer. */
export type Order = {
  gateway: Address
  node: Address
  /** The node's session. */
  session: Hex
  channelId: Hex
  deploymentId: Hex
  /** As in the Receipt. */
  requestHash: Hex
  /** As in the Receipt. */
  samplingHash: Hex
  /** Salted hash over the tokens that the answer has already (`tokenHash`). */
  answeredHash: Hex
  platformFee: bigint
  /** Within how many seconds the answer must be attributed. */
  attributionSeconds: number
  /** Unix milliseconds. */
  expiresAt: bigint
  /** Unique in the node's session. */
  nonce: bigint
}

/** The message type of each statement. */
export type StatementMessages = {
  Contribution: Contribution
  Snapshot: Snapshot
  TrainingRun: TrainingRun
  Deployment: Deployment
  Voucher: Voucher
  Receipt: Receipt
  Attribution: Attribution
  InclusionPromise: InclusionPromise
  Guarantee: Guarantee
  Release: Release
  Announcement: Announcement
  Challenge: Challenge
  Possession: Possession
  Order: Order
}

/** Statements that nodes and gateways say to each other, and no contract reads. */
export type PeerStatementName = 'Announcement' | 'Challenge' | 'Possession' | 'Order'
