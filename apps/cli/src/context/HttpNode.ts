import { canonicalJson, cidOf, ProofError, UnavailableError, type Json } from '@openledger/protocol'
import type { AnswerView, LedgerEvent } from '@openledger/sdk'
import { HttpCaller } from './HttpCaller.ts'
import type { ChatAnswer, ChatRequest, NodeApi, Payment } from './NodeApi.ts'
import { nodeError } from './nodeError.ts'
import { readEvents } from './readEvents.ts'

const longMs = 600_000
const part = (text: string): string => encodeURIComponent(text)
const page = (cursor: string | null): string => (cursor === null ? '' : `&cursor=${part(cursor)}`)

/** The headers by which a request pays from a channel. */
export function paymentHeaders({ channelId, voucher }: Payment): Record<string, string> {
  if (!voucher) return { 'x-openledger-channel': channelId }
  const { cumulative, signature } = voucher
  const signed = canonicalJson({ statement: { channelId, cumulative: cumulative.toString() }, signature })
  return { 'x-openledger-channel': channelId, 'x-openledger-voucher': Buffer.from(signed).toString('base64url') }
}

type Chunk = { choices?: { delta?: { content?: string | null }; finish_reason?: string | null }[]; openledger?: AnswerView; error?: object }

/** A list that may come as an array or as a page. */
const itemsOf = <T>(list: T[] | { items: T[] }): T[] => (Array.isArray(list) ? list : list.items)

/** The node's API over HTTP. */
export class HttpNode implements NodeApi {
  readonly #http: HttpCaller

  constructor(options: { url: () => Promise<string>; token: string | undefined }) {
    this.#http = new HttpCaller(options)
  }

  async #get<T>(path: string): Promise<T> {
    return this.#json<T>(await this.#http.send({ path }))
  }

  async #post<T>(path: string, body: Json | Uint8Array, options: { repeatable?: boolean; method?: 'POST' | 'PUT' } = {}): Promise<T> {
    const bytes = body instanceof Uint8Array ? body : JSON.stringify(body)
    return this.#json<T>(await this.#http.send({ method: 'POST', path, body: bytes, timeoutMs: longMs, repeatable: true, ...options }))
  }

  async #json<T>(response: Response): Promise<T> {
    const text = await response.text().catch((cause: unknown) => {
      throw new UnavailableError('NODE_AWAY', 'the node broke off its answer', { cause, action: 'retry', fix: 'try again' })
    })
    if (text === '') return null as T
    try {
      return JSON.parse(text) as T
    } catch (cause) {
      throw new UnavailableError('NOT_A_NODE', 'what answers at this address is not an OpenLedger node', { cause, action: 'fix', fix: 'correct the address after --url' })
    }
  }

  status = (): ReturnType<NodeApi['status']> => this.#get('/api/status')
  network = (): Promise<object> => this.#get('/api/network')
  nodeInfo: NodeApi['nodeInfo'] = () => this.#get('/api/node')
  datanets: NodeApi['datanets'] = async () => itemsOf(await this.#get('/api/datanets'))
  datanet: NodeApi['datanet'] = (id) => this.#get(`/api/datanets/${part(id)}`)
  setMetadata: NodeApi['setMetadata'] = async (id, metadata) => void (await this.#post(`/api/datanets/${part(id)}/metadata`, metadata))
  records: NodeApi['records'] = (id, cursor) => this.#get(`/api/datanets/${part(id)}/records?limit=200${page(cursor)}`)
  record: NodeApi['record'] = (id) => this.#get(`/api/records/${part(id)}`)
  review: NodeApi['review'] = async (recordId, decision) => void (await this.#post(`/api/records/${part(recordId)}/review`, decision))
  contribute: NodeApi['contribute'] = (id, bundle) => this.#post(`/api/datanets/${part(id)}/contributions`, bundle)
  prepareSnapshot: NodeApi['prepareSnapshot'] = (id) => this.#post(`/api/datanets/${part(id)}/snapshots`, {})
  snapshot: NodeApi['snapshot'] = (id) => this.#get(`/api/snapshots/${part(id)}`)
  startRun: NodeApi['startRun'] = (run) => this.#post('/api/runs', { ...run }, { repeatable: false })
  runs: NodeApi['runs'] = async () => itemsOf(await this.#get('/api/runs'))
  run: NodeApi['run'] = (id) => this.#get(`/api/runs/${part(id)}`)
  stopRun: NodeApi['stopRun'] = async (id) => void (await this.#post(`/api/runs/${part(id)}/stop`, {}))
  runStatement: NodeApi['runStatement'] = (id) => this.#get(`/api/runs/${part(id)}/statement`)
  publishRun: NodeApi['publishRun'] = (id, signature) => this.#post(`/api/runs/${part(id)}/publication`, { signature })
  adapters: NodeApi['adapters'] = async () => itemsOf(await this.#get('/api/adapters'))
  deployments: NodeApi['deployments'] = async () => itemsOf(await this.#get('/api/deployments'))
  deploy: NodeApi['deploy'] = (statement, signature, name) => this.#post('/api/deployments', { statement, signature, ...(name === undefined ? {} : { name }) })
  sendVoucher: NodeApi['sendVoucher'] = async ({ channelId, cumulative, signature }) =>
    void (await this.#post('/api/vouchers', { statement: { channelId, cumulative: cumulative.toString() }, signature }))
  channel: NodeApi['channel'] = (id) => this.#get(`/api/channels/${part(id)}`)
  receipts: NodeApi['receipts'] = (cursor) => this.#get(`/api/receipts?limit=50${page(cursor)}`)
  receiptView: NodeApi['receiptView'] = (id) => this.#get(`/api/receipts/${part(id)}/view`)
  payments: NodeApi['payments'] = (id) => this.#get(`/api/receipts/${part(id)}/payments`)
  settle: NodeApi['settle'] = () => this.#post('/api/epochs', {})
  epochs: NodeApi['epochs'] = async () => itemsOf(await this.#get('/api/epochs'))
  balances: NodeApi['balances'] = async () => itemsOf(await this.#get('/api/balances'))
  balance: NodeApi['balance'] = (payee) => this.#get(`/api/balances/${part(payee)}`)

  receiptBundle: NodeApi['receiptBundle'] = async (id, payment) => {
    const response = await this.#http.send({ path: `/api/receipts/${part(id)}`, headers: payment === undefined ? {} : paymentHeaders(payment) })
    return new Uint8Array(await response.arrayBuffer())
  }

  content: NodeApi['content'] = async (cid) => {
    const response = await this.#http.send({ path: `/api/content/${part(cid)}`, timeoutMs: longMs })
    const bytes = new Uint8Array(await response.arrayBuffer())
    if (cidOf(bytes) !== cid) throw new ProofError('CORRUPT_CONTENT', `the node sent other bytes than those of ${cid}`, { fix: 'fetch the file from another node' })
    return bytes
  }

  events: NodeApi['events'] = async (onEvent, signal) => {
    const response = await this.#http.send({ path: '/api/events', signal, timeoutMs: 2 ** 31 - 1 })
    for await (const data of readEvents(response.body as unknown as AsyncIterable<Uint8Array>)) onEvent(JSON.parse(data) as LedgerEvent)
  }

  chat: NodeApi['chat'] = async (request, payment, onText): Promise<ChatAnswer> => {
    const response = await this.#http.send({ method: 'POST', path: '/v1/chat/completions', body: JSON.stringify(chatBody(request)), headers: paymentHeaders(payment), timeoutMs: longMs })
    let text = ''
    let finishReason: string | null = null
    let view: AnswerView | undefined
    try {
      for await (const data of readEvents(response.body as unknown as AsyncIterable<Uint8Array>)) {
        if (data === '[DONE]') break
        const chunk = JSON.parse(data) as Chunk
        if (chunk.error) throw nodeError(503, data)
        const choice = chunk.choices?.[0]
        const piece = choice?.delta?.content ?? ''
        if (piece !== '') onText(piece)
        text += piece
        finishReason = choice?.finish_reason ?? finishReason
        view = chunk.openledger ?? view
      }
    } catch (cause) {
      if (!(cause instanceof TypeError) && !(cause instanceof DOMException)) throw cause
      throw brokenOff(cause)
    }
    if (!view) throw brokenOff(undefined)
    return { text, finishReason, view }
  }
}

const brokenOff = (cause: unknown): UnavailableError =>
  new UnavailableError('ANSWER_BROKEN_OFF', 'the answer ended without its receipt', { cause, action: 'retry', fix: 'ask again; if the answer was finished, its receipt is found and paid with the next one' })

const chatBody = ({ model, messages, maxTokens, temperature, clientNonce, nodeCommitment }: ChatRequest): object => ({
  model,
  messages,
  stream: true,
  ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
  ...(temperature === undefined ? {} : { temperature }),
  openledger: { client_nonce: clientNonce, node_commitment: nodeCommitment },
})

