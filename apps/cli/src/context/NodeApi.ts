import type { Address } from 'viem'
import type { Hex, Json, Network, PromiseFile } from '@openledger/protocol'
import type {
  AdapterView,
  AnswerDetailView,
  AnswerView,
  BalanceView,
  ChannelView,
  ChatAnswer,
  ChatInput,
  ContributionView,
  DatanetView,
  DeploymentView,
  EpochView,
  NewRun,
  NodeStandingView,
  NodeView,
  Page,
  Payment,
  MoneyView,
  PaymentsView,
  PaymentVoucher,
  PreparedSnapshotView,
  RecordView,
  RunView,
  ShapingRecordsView,
  SnapshotView,
  StatusView,
} from '@openledger/sdk'

/** What the verbs ask of a node. Every call throws OpenLedgerErrors: those of the node with their code, NODE_AWAY, NO_NODE. */
export type NodeApi = {
  status(): Promise<StatusView>
  network(): Promise<Network>
  nodeInfo(): Promise<NodeView>
  nodes(): Promise<NodeStandingView[]>
  datanets(): Promise<DatanetView[]>
  datanet(id: string): Promise<DatanetView>
  setMetadata(id: string, metadata: { name: string; description: string }): Promise<{ cid: string }>
  records(id: string, cursor: string | null): Promise<Page<RecordView>>
  record(id: string): Promise<RecordView>
  review(recordId: Hex, decision: { contributionId: Hex; status: 'accepted' | 'rejected'; reason: string; by: string }): Promise<RecordView>
  contribute(id: string, bundle: Uint8Array): Promise<ContributionView>
  appeal(recordId: Hex, decision: { contributionId: Hex; distinct: boolean; reason: string; by: string }): Promise<RecordView>
  prepareSnapshot(id: string): Promise<PreparedSnapshotView>
  snapshot(id: Hex): Promise<SnapshotView>
  startRun(run: NewRun): Promise<RunView>
  runs(): Promise<RunView[]>
  run(id: string): Promise<RunView>
  stopRun(id: string): Promise<RunView>
  /** The TrainingRun of a finished run, for its trainer to sign. */
  runStatement(id: string): Promise<Json>
  publishRun(id: string, signature: Hex): Promise<{ manifest: string; adapterId: Hex }>
  adapters(): Promise<AdapterView[]>
  deployments(): Promise<DeploymentView[]>
  deploy(statement: Json, signature: Hex, name: string | undefined): Promise<{ id: Hex; model: string }>
  chat(request: ChatInput, payment: Payment, onText: (text: string) => void): Promise<ChatAnswer>
  /** The most that an answer can cost by the node's word, smallest unit of OPEN. */
  quote(request: ChatInput): Promise<bigint>
  /** Pays; gives the gateway's promises to settle what is paid for, unchecked. */
  sendVoucher(voucher: PaymentVoucher): Promise<{ promises: PromiseFile[] }>
  /** The gateway's promise to settle a receipt, unchecked. Fails with NO_PROMISE. */
  receiptPromise(id: Hex): Promise<PromiseFile>
  channel(id: Hex): Promise<ChannelView>
  receipts(cursor: string | null): Promise<Page<AnswerView>>
  /** A receipt's bundle as a file. */
  receiptBundle(id: Hex, payment?: Payment): Promise<Uint8Array>
  /** Waits for an answer's attribution. Throws ATTRIBUTION_PENDING after `timeoutMs`. */
  attributed(id: Hex, payment: Payment | undefined, timeoutMs: number): Promise<AnswerView>
  receiptView(id: Hex): Promise<AnswerDetailView>
  payments(id: Hex): Promise<PaymentsView>
  /** Where an account's coins are. */
  money(account: Address): Promise<MoneyView>
  /** Which records taught the model something like an answer. */
  shapingRecords(id: Hex): Promise<ShapingRecordsView>
  settle(): Promise<EpochView | null>
  epochs(): Promise<EpochView[]>
  balances(): Promise<BalanceView[]>
  balance(payee: Address): Promise<BalanceView>
  /** A file of the node's content store, checked against its id. */
  content(cid: string): Promise<Uint8Array>
}
