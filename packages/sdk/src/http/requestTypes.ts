import type { Address } from 'viem'
import type { Hex, Json, ModelCommitment } from '@openledger/protocol'
import type { Amount, AnswerView } from './types.ts'

/** POST /api/datanets/:id/snapshots: a snapshot that waits for its owner's signature; amounts of the statement are strings. */
export type PreparedSnapshotView = { id: Hex; snapshot: Json; cid: string }

/** GET /api/node */
export type NodeView = {
  node: Address
  gateway: Address
  chainId: number
  base: { id: Hex; name: string; commitment: ModelCommitment; contextTokens: number; cid: string | null }
  profile: Json
  profileHash: Hex
  platformFee: Amount
  platformFeeOpen: string
  /** A fresh commitment to the node's part of a sampling seed; good for one answer. */
  commitment: Hex
}

/** GET /api/nodes: a node as its gateway measured it; what the node said of itself is null for the one in the gateway's own process. Times are Unix milliseconds. */
export type NodeStandingView = {
  node: Address
  /** Weighted z-scores among nodes of the same base: 0 is like the others, more is better. */
  score: number
  firstTokenMs: number | null
  tokensPerSecond: number | null
  /** Part of its orders that failed. */
  failures: number
  /** How many fresh measurements that rests on. */
  measurements: number
  inFlight: number
  state: 'closed' | 'resting' | 'trial'
  url: string | null
  profileHash: Hex
  slots: number | null
  stake: Amount | null
  /** Adapters that it holds. */
  adapters: number | null
  heardAt: number | null
  provenAt: number | null
}

/** GET /api/channels/:id: the chain's side and the node's side of a payment channel. */
export type ChannelView = { id: Hex; payer: Address; gateway: Address; deposited: Amount; collected: Amount; closed: boolean; thawing: boolean; spent: Amount; vouchered: Amount; reserved: Amount }

/** GET /api/channels, for the operator: `locked` is what the payer could still spend or take back. */
export type ChannelListing = {
  id: Hex
  payer: Address
  deposited: Amount
  collected: Amount
  spent: Amount
  vouchered: Amount
  locked: Amount
  /** Paid for one request ahead; its rest comes back by itself. */
  prepaid: boolean
  openedAt: number
  lastAnswerAt: number | null
  closed: boolean
  thawing: boolean
}

/** GET /health */
type HealthPart = { ok: boolean; note?: string }
export type HealthView = { status: 'ok' | 'degraded' | 'failed'; chain: HealthPart & { block: number; indexed: number }; journal: HealthPart; database: HealthPart; settlement: HealthPart; engine: HealthPart }

/** POST /api/runs; `baseId` is the node's base unless given, the recipe's missing fields the engine's defaults, the method of influence the one that suits the number of contributors. */
export type NewRun = { name: string; trainer: Address; baseId?: Hex; snapshotIds: readonly Hex[]; recipe?: { readonly [field: string]: Json }; method?: string; /** SPDX identifier under which the adapter is passed on; default Apache-2.0. */ licence?: string }

/** A payer's voucher. */
export type PaymentVoucher = { channelId: Hex; cumulative: bigint; signature: Hex }

/** How a request pays: the payer's own channel, with the voucher for what was owed before. Without it the client's token pays. */
export type Payment = { channelId: Hex; voucher?: { cumulative: bigint; signature: Hex } }

/** GET /api/keys: an application's key and the payer that it spends from. The key itself is shown once, when it is made. */
export type ApiKeyView = { name: string; payerKey: string; channelId: Hex; createdAt: number }

/** A request for one answer; see OpenAI's API for the meaning of the fields. */
export type ChatInput = {
  model: string
  messages: readonly { role: 'system' | 'user' | 'assistant'; content: string }[]
  maxTokens?: number
  temperature?: number
  topP?: number
  topK?: number
  /** From -2 to 2, as OpenAI defines them. */
  presencePenalty?: number
  frequencyPenalty?: number
  /** By token id, from -100 to 100. */
  logitBias?: Readonly<Record<number, number>>
  /** A JSON Schema that the answer is held to. */
  jsonSchema?: { readonly [keyword: string]: Json }
  stop?: readonly string[]
  /** The caller's part of the sampling seed, and the commitment from `node()` that it saw before choosing it. */
  clientNonce?: Hex
  nodeCommitment?: Hex
}

/** An answer with its receipt. */
export type ChatAnswer = { text: string; finishReason: 'stop' | 'length' | null; view: AnswerView }
