import type { Address } from 'viem'
import type { Hex, Json, ModelCommitment } from '@openledger/protocol'
import type {
  AdapterView,
  AnswerDetailView,
  AnswerView,
  BalanceView,
  ContributionView,
  DatanetView,
  DeploymentView,
  EpochView,
  LedgerEvent,
  Page,
  PaymentsView,
  RecordView,
  RunView,
  SnapshotView,
  StatusView,
} from '@openledger/sdk'

/** A snapshot that waits for its owner's signature; amounts of the statement are strings. */
export type PreparedSnapshotView = { id: Hex; snapshot: Json; cid: string }

/** Who the node is, its base model, and a fresh commitment to its part of the next seed. */
export type NodeView = { node: Address; gateway: Address; chainId: number; base: { id: Hex; name: string; contextTokens: number; commitment: ModelCommitment }; platformFee: string; commitment: Hex }

/** What a payment channel has spent and signed for, as the node counts. */
export type ChannelView = { id: Hex; spent: string; vouchered: string; deposited: string }

/** What a run is started with. */
export type RunStart = { name: string; trainer: Address; snapshotIds: readonly Hex[]; recipe: { readonly [field: string]: Json } }

/** How a request for an answer pays: the channel, and the last voucher for it. */
export type Payment = { channelId: Hex; voucher?: { cumulative: bigint; signature: Hex } }

/** A request for one answer. */
export type ChatRequest = {
  model: string
  messages: readonly { role: string; content: string }[]
  maxTokens?: number
  temperature?: number
  clientNonce: Hex
  /** The node's part of the seed, as it was committed to before the nonce was chosen. */
  nodeCommitment: Hex
}

/** An answer as it came over the wire. */
export type ChatAnswer = { text: string; finishReason: string | null; view: AnswerView }

/** The node's HTTP API as the command line uses it. Every call throws OpenLedgerErrors: those of the node with their code, and NODE_AWAY. */
export type NodeApi = {
  status(): Promise<StatusView>
  network(): Promise<object>
  nodeInfo(): Promise<NodeView>
  datanets(): Promise<DatanetView[]>
  datanet(id: string): Promise<DatanetView>
  setMetadata(id: string, metadata: { name: string; description: string }): Promise<void>
  records(id: string, cursor: string | null): Promise<Page<RecordView>>
  record(id: string): Promise<RecordView>
  review(recordId: Hex, decision: { contributionId: Hex; status: 'accepted' | 'rejected'; reason: string; by: string }): Promise<void>
  contribute(id: string, bundle: Uint8Array): Promise<ContributionView>
  prepareSnapshot(id: string): Promise<PreparedSnapshotView>
  snapshot(id: Hex): Promise<SnapshotView>
  startRun(run: RunStart): Promise<RunView>
  runs(): Promise<RunView[]>
  run(id: string): Promise<RunView>
  stopRun(id: string): Promise<void>
  /** The TrainingRun of a finished run, for its trainer to sign. */
  runStatement(id: string): Promise<Json>
  publishRun(id: string, signature: Hex): Promise<{ manifest: string; adapterId: Hex }>
  adapters(): Promise<AdapterView[]>
  deployments(): Promise<DeploymentView[]>
  deploy(statement: Json, signature: Hex, name: string | undefined): Promise<{ id: Hex; model: string }>
  chat(request: ChatRequest, payment: Payment, onText: (text: string) => void): Promise<ChatAnswer>
  sendVoucher(voucher: { channelId: Hex; cumulative: bigint; signature: Hex }): Promise<void>
  channel(id: Hex): Promise<ChannelView>
  receipts(cursor: string | null): Promise<Page<AnswerView>>
  receiptBundle(id: Hex, payment?: Payment): Promise<Uint8Array>
  receiptView(id: Hex): Promise<AnswerDetailView>
  payments(id: Hex): Promise<PaymentsView>
  settle(): Promise<EpochView | null>
  epochs(): Promise<EpochView[]>
  balances(): Promise<BalanceView[]>
  balance(payee: Address): Promise<BalanceView>
  /** A file of the node's content store, checked against its id. */
  content(cid: string): Promise<Uint8Array>
  /** What happens from now on, until `signal` aborts. */
  events(onEvent: (event: LedgerEvent) => void, signal: AbortSignal): Promise<void>
}
