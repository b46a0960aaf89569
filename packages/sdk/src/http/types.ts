import type { MoneyStatement } from '../money/MoneyStatement.ts'
import type { Address } from 'viem'
import type { ConsentTerms, Hex, Json } from '@openledger/protocol'

/** Amounts in responses are decimal strings in the smallest unit of OPEN; times are Unix seconds; hashes lower-case hexadecimal. */
export type Amount = string

/** One page of a list; `next` is the cursor for the page after, null at the end. */
export type Page<T> = { items: T[]; next: string | null }

/** GET /api/status */
export type StatusView = {
  version: string
  startedAt: number
  chain: { chainId: number; block: number; indexedBlock: number; reachable: boolean }
  node: Address
  gateway: Address
  /** How many of each artefact exist; the stages of the loop in order. */
  counts: {
    datanets: number
    contributions: number
    records: number
    snapshots: number
    runs: number
    adapters: number
    deployments: number
    receipts: number
    epochs: number
    claims: number
  }
  totals: { fees: Amount; settled: Amount; claimed: Amount }
  /** Answers whose attribution is awaited, there, or was not there by its deadline: the node's faults are public. */
  attributions: { pending: number; complete: number; failed: number }
  profile: Json
}

/** GET /api/datanets, /api/datanets/:id */
export type DatanetView = {
  id: string
  owner: Address
  name: string
  description: string
  createdAt: number
  contributors: { address: Address; name: string | null; records: number; accepted: number }[]
  records: { accepted: number; review: number; rejected: number; duplicate: number; revoked: number }
  latestSnapshot: Hex | null
}

export type RecordStatus = 'received' | 'accepted' | 'review' | 'rejected' | 'duplicate' | 'sealed' | 'revoked'

/** GET /api/datanets/:id/records, /api/records/:id */
export type RecordView = {
  id: Hex
  datanetId: string
  contributionId: Hex
  contributor: Address
  prompt: string
  completion: string
  licence: string
  status: RecordStatus
  /**
   * What the newest run that trained on this record found: the record that it repeats, so that it was trained on with weight 0; how that was found
   * (`exact`, `near`, `covered`, `reworded`, `paraphrase`, `sealed`) and the likeness by that measure, at most 1. Null for a record of its own.
   */
  copyOf: { recordId: Hex; contributionId: Hex; method: string; similarity: number; run: string } | null
  /** Records that this run found to repeat this one. */
  copies: number
  /** A curator's decision that it is no copy: later runs give it a weight of its own. */
  appeal: { at: number; by: string; reason: string } | null
  /** Everything that happened to the record, oldest first. */
  history: { at: number; by: string; from: RecordStatus | null; to: RecordStatus; reason: string }[]
}

/** POST /api/datanets/:id/contributions */
export type ContributionView = {
  id: Hex
  datanetId: string
  contributor: Address
  count: number
  licence: string
  consent: ConsentTerms
  committedAt: number | null
  revealedAt: number | null
  verdicts: { recordId: Hex; status: RecordStatus; reasons: string[]; duplicateOf: Hex | null }[]
}

/** GET /api/snapshots/:id */
export type SnapshotView = {
  id: Hex
  datanetId: string
  parent: Hex
  root: Hex
  recordCount: number
  contributorCount: number
  contentHash: Hex
  cid: string
  sealedAt: number | null
  transaction: Hex | null
}

/** GET /api/runs, /api/runs/:id */
export type RunView = {
  id: string
  name: string
  trainer: Address
  baseId: Hex
  snapshotIds: Hex[]
  status: 'queued' | 'running' | 'stopped' | 'failed' | 'done' | 'published'
  step: number
  steps: number
  tokensPerSecond: number
  etaSeconds: number | null
  /** Adapters without somebody's records, trained after the adapter to tell what they did; null when there are none, and when the run has ended. */
  counterfactuals: { done: number; total: number } | null
  /** Training loss at each step so far, thinned to at most 400 points. */
  losses: number[]
  /** Mean loss over the training records before and after, nats a token. */
  baseLoss: number | null
  tunedLoss: number | null
  adapterId: Hex | null
  /** The content id of the run manifest, once published. */
  manifest: string | null
  error: string | null
}

/** GET /api/adapters */
export type AdapterView = {
  id: Hex
  name: string
  baseId: Hex
  trainer: Address
  runId: string
  snapshotIds: Hex[]
  manifest: string
  /** SPDX identifier of the licence under which it is passed on. */
  licence: string
  /** How many of its records were shown to be revoked. */
  revokedRecords: number
  /** From when on its answers may not be sold, because of them. */
  freezeAt: number | null
  registeredAt: number | null
  transaction: Hex | null
}

/** GET /api/deployments */
export type DeploymentView = {
  id: Hex
  model: string
  adapterId: Hex
  owner: Address
  inputPrice: Amount
  outputPrice: Amount
  split: { nodePpm: number; ownerPpm: number; stakersPpm: number; contributorsPpm: number }
  active: boolean
  /** From when on it is not served, because records of its adapter were revoked. */
  freezeAt: number | null
  transaction: Hex | null
}

/** Words of an answer that stand in a record: character offsets into the answer's text. */
export type SourceView = {
  start: number
  end: number
  text: string
  recordId: Hex
  contributor: Address
  contributorName: string | null
  copies: number
  weight: number
}

/** How far it is known whose data shaped an answer. */
export type AttributionView = {
  /** `none`: there is nothing to attribute. `failed`: it was not there by the deadline, and the node lost its part of the fee. */
  status: 'none' | 'pending' | 'complete' | 'failed'
  /** Unix seconds until which it must be there; null when nothing is or was awaited. */
  deadline: number | null
  /** When it was completed, or failed. */
  at: number | null
  /** The method by which influence was measured. */
  method: string | null
  /** How well the method predicted real retraining on the public bank: rank correlations in ppm; absent where that was not measured. */
  lds?: { heldOutPpm: number; generatedPpm: number }
  /** Why it failed. */
  error: string | null
}

/** The extra field `openledger` of an answer, and the list rows of GET /api/receipts */
export type AnswerView = {
  receiptId: Hex
  model: string
  deploymentId: Hex
  fee: Amount
  time: number
  inputTokens: number
  outputTokens: number
  /** What the payer owes in all on this channel: sign a voucher for it. */
  channel: { id: Hex; spent: Amount; vouchered: Amount; deposit: Amount }
  /** While it is pending there are no sources, and the shares are those that hold if it fails. */
  attribution: AttributionView
  sources: SourceView[]
  influence: { contributor: Address; name: string | null; sharePpm: number; amount: Amount }[]
  shares: { payee: Address; role: 'treasury' | 'node' | 'owner' | 'stakers' | 'contributor'; amount: Amount }[]
  epoch: number | null
}

/** GET /api/receipts/:id/view (holder or operator): the answer as a person reads it */
export type AnswerDetailView = AnswerView & { messages: Json; text: string; adapterId: Hex; baseId: Hex }

/** GET /api/receipts/:id/records (holder or operator): which records taught the model something like the answer. They explain; nothing is paid by them. */
export type ShapingRecordsView = {
  receiptId: Hex
  /** Whether the gradients themselves were compared; else only their fingerprints, because attributions waited for the engine. */
  exact: boolean
  /** First the one that does most for the answer. */
  items: {
    recordId: Hex
    contributor: Address
    name: string | null
    prompt: string
    completion: string
    /** Of 8,192 signs of the two gradients' projections, those that differ. */
    distance: number
    /** Cosine of the gradients of record and answer. */
    cosine: number
    /** Their dot product at the base; null unless exact. */
    dot: number | null
  }[]
}

/** GET /api/receipts/:id/payments: from one answer to the payments it caused */
export type PaymentsView = {
  receiptId: Hex
  /** Who paid by which channel, and the transaction that collected it; null before. */
  paid: { payer: Address | null; channelId: Hex; fee: Amount; collected: Hex | null }
  epoch: { gateway: Address; index: number; transaction: Hex; final: boolean } | null
  lines: { payee: Address; name: string | null; amount: Amount; line: number | null; claim: { transaction: Hex; cumulative: Amount } | null }[]
}

/** A value with its amounts as they travel. */
type Travelling<T> = T extends bigint ? Amount : T extends readonly (infer E)[] ? Travelling<E>[] : T extends object ? { [K in keyof T]: Travelling<T[K]> } : T

/** GET /api/money/:address: where an account's coins are; `wallet` is null while the chain is away. */
export type MoneyView = Travelling<MoneyStatement> & { name: string | null; wallet: { open: Amount; wopen: Amount } | null }

/** GET /api/epochs, /api/epochs/:index */
export type EpochView = {
  gateway: Address
  index: number
  receipts: number
  lines: number
  total: Amount
  receiptsRoot: Hex
  linesRoot: Hex
  balancesRoot: Hex
  dataHash: Hex
  cid: string
  postedAt: number
  finalAt: number
  final: boolean
  transaction: Hex
}

/** GET /api/balances, /api/balances/:payee */
export type BalanceView = {
  payee: Address
  name: string | null
  /** Earned over all final epochs. */
  final: Amount
  /** Earned in epochs whose dispute window is open. */
  pending: Amount
  claimed: Amount
  claimable: Amount
  /** What a claim needs; null when nothing is final. */
  claim: { gateway: Address; index: number; cumulative: Amount; proof: { index: number; count: number; siblings: Hex[] } } | null
}

/** A line of GET /api/events (server-sent events) */
export type LedgerEvent = { at: number; kind: string; id: string; text: string }
