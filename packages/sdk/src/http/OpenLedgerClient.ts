import { canonicalJson, cidOf, networkSchema, paymentRequiredSchema, ProofError, promiseFileSchema, readArtefact, readPaymentHeader, receiptBundleSchema, UnavailableError, type Attribution, type Hex, type Json, type Network, type PromiseFile, type Receipt, type ReceiptBundle, type Share } from '@openledger/protocol'
import type { Address } from 'viem'
import { HttpTransport, responseError, type HttpTransportOptions } from './HttpTransport.ts'
import type { ApiKeyView, ChannelListing, ChannelView, ChatAnswer, ChatInput, HealthView, NewRun, NodeStandingView, NodeView, Payment, PaymentVoucher, PreparedSnapshotView } from './requestTypes.ts'
import { serverEvents } from './serverEvents.ts'
import type { AdapterView, AnswerDetailView, AnswerView, BalanceView, ContributionView, DatanetView, DeploymentView, EpochView, LedgerEvent, MoneyView, Page, PaymentsView, RecordView, RunView, ShapingRecordsView, SnapshotView, StatusView } from './types.ts'

const longMs = 600_000
const part = encodeURIComponent

function pageQuery(page: { cursor?: string | null; limit?: number }): string {
  const query = new URLSearchParams()
  if (page.cursor) query.set('cursor', page.cursor)
  if (page.limit !== undefined) query.set('limit', String(page.limit))
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

/** The header in which a node's signed attribution goes ahead of what it follows from: canonical JSON in base64url. */
export const attributionHeader = 'openledger-attribution'

function base64url(text: string): string {
  const binary = String.fromCharCode(...new TextEncoder().encode(text))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** The headers by which a request pays from a channel, or shows that it may read the channel's receipts. */
export function paymentHeaders({ channelId, voucher }: Payment): Record<string, string> {
  if (!voucher) return { 'x-openledger-channel': channelId }
  const signed = canonicalJson({ statement: { channelId, cumulative: voucher.cumulative.toString() }, signature: voucher.signature })
  return { 'x-openledger-channel': channelId, 'x-openledger-voucher': base64url(signed) }
}

type Chunk = { choices?: { delta?: { content?: string | null }; finish_reason?: ChatAnswer['finishReason'] }[]; openledger?: AnswerView; error?: object }
type Items<T> = { items: T[] }

/**
 * A node's HTTP API, typed. Reads are repeated when the node is away for a moment; every failure is an OpenLedgerError with the node's
 * code and advice. Runs in browsers and in Node.
 */
export class OpenLedgerClient {
  readonly #http: HttpTransport

  constructor(options: HttpTransportOptions) {
    this.#http = new HttpTransport(options)
  }

  health(): Promise<HealthView> {
    return this.#http.json({ path: '/health' })
  }

  status(): Promise<StatusView> {
    return this.#http.json({ path: '/api/status' })
  }

  /** The ledger that the node belongs to. */
  async network(): Promise<Network> {
    return readArtefact(networkSchema, await this.#http.json<object>({ path: '/api/network' }))
  }

  /** Who the node is, its base model, and a fresh commitment to its part of a seed. */
  node(): Promise<NodeView> {
    return this.#http.json({ path: '/api/node' })
  }

  async datanets(): Promise<DatanetView[]> {
    return (await this.#http.json<Items<DatanetView>>({ path: '/api/datanets' })).items
  }

  datanet(id: bigint): Promise<DatanetView> {
    return this.#http.json({ path: `/api/datanets/${id}` })
  }

  /** Names a datanet: the metadata whose hash (of its canonical JSON) the chain holds. @returns its content id */
  setMetadata(id: bigint, metadata: { name: string; description: string; [field: string]: Json }): Promise<{ cid: string }> {
    return this.#post(`/api/datanets/${id}/metadata`, metadata)
  }

  records(id: bigint, page: { cursor?: string | null; limit?: number } = {}): Promise<Page<RecordView>> {
    return this.#http.json({ path: `/api/datanets/${id}/records${pageQuery(page)}` })
  }

  record(id: Hex): Promise<RecordView> {
    return this.#http.json({ path: `/api/records/${id}` })
  }

  /** Decides on a record that waits for review; for the operator. */
  review(recordId: Hex, decision: { contributionId: Hex; status: 'accepted' | 'rejected'; reason: string; by: string }): Promise<RecordView> {
    return this.#post(`/api/records/${recordId}/review`, decision)
  }

  /** Sets a record apart from the one that it was found to repeat, or (not `distinct`) withdraws that; for the operator. Later runs follow it. */
  appeal(recordId: Hex, decision: { contributionId: Hex; distinct: boolean; reason: string; by: string }): Promise<RecordView> {
    return this.#post(`/api/records/${recordId}/appeal`, decision)
  }

  /** Sends a contribution bundle whose commitment is on the chain. The same again changes nothing. */
  contribute(id: bigint, bundle: Uint8Array): Promise<ContributionView> {
    return this.#http.json({ method: 'POST', path: `/api/datanets/${id}/contributions`, body: bundle, timeoutMs: longMs, repeatable: true })
  }

  contribution(id: Hex): Promise<ContributionView> {
    return this.#http.json({ path: `/api/contributions/${id}` })
  }

  /** Puts the next version of a datanet together for its owner to sign; for the operator. */
  prepareSnapshot(id: bigint): Promise<PreparedSnapshotView> {
    return this.#post(`/api/datanets/${id}/snapshots`, {})
  }

  snapshot(id: Hex): Promise<SnapshotView> {
    return this.#http.json({ path: `/api/snapshots/${id}` })
  }

  /** A sealed snapshot as others read it. */
  async exportSnapshot(id: Hex, format: 'jsonl' | 'csv' | 'croissant' | 'card'): Promise<Uint8Array> {
    const response = await this.#http.send({ path: `/api/snapshots/${id}/export?format=${format}`, timeoutMs: longMs })
    return new Uint8Array(await response.arrayBuffer())
  }

  /** Queues a training run; for the operator. */
  startRun(run: NewRun): Promise<RunView> {
    return this.#http.json({ method: 'POST', path: '/api/runs', body: run })
  }

  async runs(): Promise<RunView[]> {
    return (await this.#http.json<Items<RunView>>({ path: '/api/runs' })).items
  }

  run(id: string): Promise<RunView> {
    return this.#http.json({ path: `/api/runs/${part(id)}` })
  }

  stopRun(id: string): Promise<RunView> {
    return this.#post(`/api/runs/${part(id)}/stop`, {})
  }

  /** The TrainingRun of a finished run, for its trainer to sign; amounts are strings. */
  runStatement(id: string): Promise<Json> {
    return this.#http.json({ path: `/api/runs/${part(id)}/statement` })
  }

  /** Publishes a finished run under its trainer's signature. */
  publishRun(id: string, signature: Hex): Promise<{ manifest: string; adapterId: Hex }> {
    return this.#post(`/api/runs/${part(id)}/publication`, { signature })
  }

  async adapters(): Promise<AdapterView[]> {
    return (await this.#http.json<Items<AdapterView>>({ path: '/api/adapters' })).items
  }

  async deployments(): Promise<DeploymentView[]> {
    return (await this.#http.json<Items<DeploymentView>>({ path: '/api/deployments' })).items
  }

  /** Has a deployment served that is registered on the chain. @param statement the Deployment, amounts as strings */
  deploy(statement: Json, signature: Hex, name?: string): Promise<{ id: Hex; model: string }> {
    return this.#post('/api/deployments', { statement, signature, ...(name === undefined ? {} : { name }) })
  }

  /**
   * Asks for one answer and reads it as it is made. It is sent once: an answer that broke off may be owed.
   * @throws PaymentError as the node's 402; UnavailableError ANSWER_BROKEN_OFF when no receipt came
   */
  async chat(input: ChatInput, options: { payment?: Payment; onText?: (text: string) => void; signal?: AbortSignal } = {}): Promise<ChatAnswer> {
    const { payment, onText, signal } = options
    const response = await this.#http.send({ method: 'POST', path: '/v1/chat/completions', body: chatBody(input), headers: payment ? paymentHeaders(payment) : {}, timeoutMs: longMs, signal })
    let text = ''
    let finishReason: ChatAnswer['finishReason'] = null
    let view: AnswerView | undefined
    for await (const data of serverEvents(response.body!)) {
      if (data === '[DONE]') break
      const chunk = JSON.parse(data) as Chunk
      if (chunk.error) throw responseError(500, data)
      const piece = chunk.choices?.[0]?.delta?.content ?? ''
      if (piece !== '') onText?.(piece)
      text += piece
      finishReason = chunk.choices?.[0]?.finish_reason ?? finishReason
      view = chunk.openledger ?? view
    }
    if (view) return { text, finishReason, view }
    throw new UnavailableError('ANSWER_BROKEN_OFF', 'the answer ended without its receipt', { action: 'retry', fix: 'read the channel: what it owes says whether the answer was finished; then ask again' })
  }

  /**
   * The most that an answer can cost, smallest unit of OPEN: all of `maxTokens` at the model's prices. Nothing is asked and nothing owed.
   * It is the node's word; the fee of a receipt follows from signed prices.
   */
  async quote(input: ChatInput): Promise<bigint> {
    const call = { method: 'POST', path: '/v1/chat/completions', body: chatBody(input), headers: { authorization: 'Bearer x402' }, repeatable: true } as const
    const response = await this.#http.send({ ...call, expected: 402 })
    const required = readPaymentHeader(paymentRequiredSchema, response.headers.get('payment-required') ?? '', 'payment-required')
    return BigInt(required.accepts[0]!.amount)
  }

  /**
   * Pays: sends a voucher for what a channel owes. The same again changes nothing.
   * @returns `promises`: for the newest hundred receipts that are paid for and not settled, when the gateway will have settled each; unchecked (`checkPromise`)
   */
  async sendVoucher({ channelId, cumulative, signature }: PaymentVoucher): Promise<{ channelId: Hex; spent: string; vouchered: string; promises: PromiseFile[] }> {
    const answer = await this.#post<{ channelId: Hex; spent: string; vouchered: string; promises?: object[] }>('/api/vouchers', { statement: { channelId, cumulative: cumulative.toString() }, signature })
    return { ...answer, promises: (answer.promises ?? []).map((promise) => readArtefact(promiseFileSchema, promise)) }
  }

  /** The gateway's promise to settle a receipt that was paid for. Fails with NO_PROMISE (404). */
  async receiptPromise(id: Hex): Promise<PromiseFile> {
    return readArtefact(promiseFileSchema, await this.#http.json<object>({ path: `/api/receipts/${id}/promise` }))
  }

  /** Every payment channel to the node's gateway, with what is locked in it; for the operator. */
  async channels(): Promise<ChannelListing[]> {
    return (await this.#http.json<Items<ChannelListing>>({ path: '/api/channels' })).items
  }

  channel(id: Hex): Promise<ChannelView> {
    return this.#http.json({ path: `/api/channels/${id}` })
  }

  receipts(page: { cursor?: string | null; limit?: number } = {}): Promise<Page<AnswerView>> {
    return this.#http.json({ path: `/api/receipts${pageQuery(page)}` })
  }

  /** A receipt with all its openings, for its payer and the operator. @param payment shows a voucher of the channel */
  async receipt(id: Hex, payment?: Payment): Promise<ReceiptBundle> {
    return readArtefact(receiptBundleSchema, await this.#http.json<object>({ path: `/api/receipts/${id}`, headers: payment ? paymentHeaders(payment) : {} }))
  }

  /** What everybody may see of a receipt; amounts are strings. */
  publicReceipt(id: Hex): Promise<{ receipt: { statement: { [K in keyof Receipt]: Json }; signature: Hex }; attributionDeadline?: number; completion?: { statement: { [K in keyof Attribution]: Json }; signature: Hex }; shares: { [K in keyof Share]: string }[] }> {
    return this.#http.json({ path: `/api/receipts/${id}/public` })
  }

  /** An answer's price, shares and attribution. @param payment shows a voucher of the channel, and brings the sources too */
  answerSummary(id: Hex, payment?: Payment): Promise<AnswerView> {
    return this.#http.json({ path: `/api/receipts/${id}/summary`, headers: payment ? paymentHeaders(payment) : {} })
  }

  /**
   * Waits until it is known whose data shaped an answer. It comes after the answer, by the deadline that the receipt names.
   * @returns the answer's view, its attribution complete or failed (or none, where there is nothing to attribute)
   * @throws UnavailableError ATTRIBUTION_PENDING after `timeoutMs` (default 60,000); the reason of `signal`
   */
  async waitForAttribution(id: Hex, { payment, timeoutMs = 60_000, signal }: { payment?: Payment; timeoutMs?: number; signal?: AbortSignal } = {}): Promise<AnswerView> {
    const until = Date.now() + timeoutMs
    for (let pauseMs = 25; ; pauseMs = Math.min(1000, pauseMs * 1.5)) {
      const view = await this.answerSummary(id, payment)
      if (view.attribution.status !== 'pending') return view
      signal?.throwIfAborted()
      if (Date.now() >= until) throw new UnavailableError('ATTRIBUTION_PENDING', 'the attribution of this answer is not there yet', { action: 'retry', fix: 'ask again later; when its deadline has passed, it is failed and the node loses its part' })
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }

  answer(id: Hex, payment?: Payment): Promise<AnswerDetailView> {
    return this.#http.json({ path: `/api/receipts/${id}/view`, headers: payment ? paymentHeaders(payment) : {} })
  }

  /** Which records taught the model something like an answer; of all contributors, or of one. For the answer's holder. */
  shapingRecords(id: Hex, options: { contributor?: Address; payment?: Payment } = {}): Promise<ShapingRecordsView> {
    const { contributor, payment } = options
    return this.#http.json({ path: `/api/receipts/${id}/records${contributor === undefined ? '' : `?contributor=${contributor}`}`, headers: payment ? paymentHeaders(payment) : {} })
  }

  /** From one answer to the payments that it caused. */
  payments(id: Hex): Promise<PaymentsView> {
    return this.#http.json({ path: `/api/receipts/${id}/payments` })
  }

  /** Settles what is vouchered now; null when nothing is. For the operator. */
  settle(): Promise<EpochView | null> {
    return this.#post('/api/epochs', {})
  }

  async epochs(): Promise<EpochView[]> {
    return (await this.#http.json<Items<EpochView>>({ path: '/api/epochs' })).items
  }

  epoch(index: number): Promise<EpochView> {
    return this.#http.json({ path: `/api/epochs/${index}` })
  }

  /** Where an account's coins are: every one deposited, spent, earned, held and paid out. */
  money(account: Address): Promise<MoneyView> {
    return this.#http.json({ path: `/api/money/${account}` })
  }

  async balances(): Promise<BalanceView[]> {
    return (await this.#http.json<Items<BalanceView>>({ path: '/api/balances' })).items
  }

  /** What a payee has earned and can claim, with the proof. */
  balance(payee: Address): Promise<BalanceView> {
    return this.#http.json({ path: `/api/balances/${payee}` })
  }

  /** A file of the content store, checked against its id. @throws ProofError CORRUPT_CONTENT */
  async content(cid: string): Promise<Uint8Array> {
    const response = await this.#http.send({ path: `/api/content/${part(cid)}`, timeoutMs: longMs })
    const bytes = new Uint8Array(await response.arrayBuffer())
    if (cidOf(bytes) !== cid) throw new ProofError('CORRUPT_CONTENT', `the node sent other bytes than those of ${cid}`, { fix: 'fetch the file from another node' })
    return bytes
  }

  /** The nodes that answer for this gateway, best first, by what the gateway measured. */
  async nodes(): Promise<NodeStandingView[]> {
    return (await this.#http.json<Items<NodeStandingView>>({ path: '/api/nodes' })).items
  }

  /** Brings a node's signed announcement to its gateway. */
  announce(announcement: { statement: Json; signature: Hex; profile: Json; adapters: readonly Hex[] }): Promise<{ taken: true }> {
    return this.#http.json({ method: 'POST', path: '/api/nodes', body: announcement })
  }

  /**
   * Brings a node's signed attribution of one of its receipts to the gateway that recorded it. What is signed goes ahead in a header, so that the gateway
   * knows from whom it reads the rest. @param attribution `queryVector` is the file in base64
   */
  sendAttribution({ attribution, ...body }: { attribution: { statement: Json; signature: Hex }; document: Json; queryVector: string }): Promise<{ recorded: boolean }> {
    const headers = { [attributionHeader]: base64url(canonicalJson(attribution)) }
    return this.#http.json({ method: 'POST', path: '/api/nodes/attributions', body, headers, timeoutMs: longMs, repeatable: true })
  }

  /** The records of a run that were revoked by a time. @param run content id of its manifest @param time Unix seconds */
  async revocations(run: string, time: number): Promise<Hex[]> {
    return (await this.#http.json<Items<Hex>>({ path: `/api/revocations?run=${part(run)}&time=${time}` })).items
  }

  /** What happens at the node from now on, until the signal aborts or the node stops. */
  async *events(signal?: AbortSignal): AsyncGenerator<LedgerEvent> {
    const response = await this.#http.send({ path: '/api/events', signal })
    for await (const data of serverEvents(response.body!)) yield JSON.parse(data) as LedgerEvent
  }

  /** The API keys of the node; for the operator. */
  async apiKeys(): Promise<ApiKeyView[]> {
    return (await this.#http.json<Items<ApiKeyView>>({ path: '/api/keys' })).items
  }

  /** Makes an API key that spends from a channel whose payer's key lies in the node's data folder; for the operator. It is shown this once. */
  createApiKey(key: { name: string; payerKey: string; channelId: Hex }): Promise<{ name: string; key: string }> {
    return this.#http.json({ method: 'POST', path: '/api/keys', body: key })
  }

  revokeApiKey(name: string): Promise<{ revoked: string }> {
    return this.#http.json({ method: 'DELETE', path: `/api/keys/${part(name)}` })
  }

  #post<T>(path: string, body: object): Promise<T> {
    return this.#http.json({ method: 'POST', path, body, timeoutMs: longMs, repeatable: true })
  }
}

const chatBody = ({ model, messages, maxTokens, temperature, topP, topK, presencePenalty, frequencyPenalty, logitBias, jsonSchema, stop, clientNonce, nodeCommitment }: ChatInput): object => ({
  model,
  messages,
  stream: true,
  max_tokens: maxTokens,
  temperature,
  top_p: topP,
  top_k: topK,
  presence_penalty: presencePenalty,
  frequency_penalty: frequencyPenalty,
  logit_bias: logitBias,
  ...(jsonSchema ? { response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: jsonSchema } } } : {}),
  stop,
  ...(clientNonce || nodeCommitment ? { openledger: { client_nonce: clientNonce, node_commitment: nodeCommitment } } : {}),
})
