import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { keccak, nodeCommitment, readArtefact, signedVoucherSchema, statementDomain, utf8, verifyStatement, type Hex } from '@openledger/protocol'
import { fakeReceipt, type ReceiptMaker, type Tamper } from './fakeReceipt.ts'

type Kept = { id: Hex; fee: bigint; bytes: Uint8Array }
const none = { status: 'none', deadline: null, at: null, method: null, error: null }
type ChatBody = { messages: { role: string; content: string }[]; openledger: { client_nonce: Hex } }

/** A node that sells answers over HTTP as the real one does: same routes, same headers, real receipts; its answers are written down. */
export class FakeNode {
  readonly receipts: Kept[] = []
  readonly accepted: bigint[] = []
  readonly #server: Server
  readonly #maker: ReceiptMaker
  readonly #channelId: Hex
  readonly #payer: Hex
  url = ''
  text = 'It is a shared dataset.'
  tamper: Tamper | undefined
  /** Closes open receipts from the second time on that somebody asks whether they are closed. */
  close: ((bytes: Uint8Array) => Promise<Uint8Array>) | undefined
  #asked = 0
  /** Added to what the node says that the channel owes. */
  overstated = 0n
  /** Breaks the next answer off after its text, when the receipt is made already. */
  breakOff = false
  #secrets = 0
  #failures: { status: number; code: string }[] = []

  constructor(maker: ReceiptMaker, channelId: Hex, payer: Hex) {
    this.#maker = maker
    this.#channelId = channelId
    this.#payer = payer
    this.#server = createServer((request, response) => void this.#serve(request, response))
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** The next request for an answer fails like this. */
  failNext(status: number, code: string): void {
    this.#failures.push({ status, code })
  }

  get spent(): bigint {
    return this.receipts.reduce((sum, r) => sum + r.fee, 0n) + this.overstated
  }

  async #voucher(text: string): Promise<bigint> {
    const { statement, signature } = readArtefact(signedVoucherSchema, text)
    const { chainId, contracts } = this.#maker.network
    await verifyStatement(statementDomain(chainId, contracts.channels), 'Voucher', statement, signature, this.#payer)
    return statement.cumulative
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const reply = (value: unknown, status = 200): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(typeof value === 'string' ? value : JSON.stringify(value))
    const channel = { id: this.#channelId, spent: this.spent.toString(), vouchered: '0', deposit: '0' }
    const path = new URL(request.url ?? '', 'http://x').pathname
    const kept = this.receipts.find(({ id }) => path === `/api/receipts/${id}`)
    if (path === '/api/status') return reply({ gateway: this.#maker.gateway.address })
    if (path === '/api/node') return reply({ commitment: nodeCommitment(keccak(utf8(`secret ${++this.#secrets}`))) })
    if (path === '/api/receipts') return reply({ items: this.receipts.map(({ id }) => ({ receiptId: id, channel })), next: null })
    if (path === `/api/channels/${this.#channelId}`) return reply(channel)
    if (path === '/api/vouchers') {
      this.accepted.push(await this.#voucher(body))
      return reply({})
    }
    if (kept) {
      await this.#voucher(Buffer.from(String(request.headers['x-openledger-voucher']), 'base64url').toString())
      return reply(Buffer.from(kept.bytes).toString())
    }
    const waited = this.receipts.find(({ id }) => path === `/api/receipts/${id}/summary`)
    if (waited) {
      const isClosed = this.close !== undefined && ++this.#asked > 1
      if (isClosed && this.#asked === 2) waited.bytes = await this.close!(waited.bytes)
      return reply({ receiptId: waited.id, attribution: { ...none, status: isClosed ? 'complete' : 'pending' } })
    }
    if (path === '/v1/chat/completions') return this.#answer(JSON.parse(body) as ChatBody, response)
    reply({ error: { code: 'NOT_FOUND', message: path } }, 404)
  }

  async #answer(body: ChatBody, response: ServerResponse): Promise<void> {
    const failure = this.#failures.shift()
    if (failure) return void response.writeHead(failure.status).end(JSON.stringify({ error: { code: failure.code, message: 'no' } }))
    const request = { channelId: this.#channelId, nonce: BigInt(this.receipts.length + 1), text: this.text, messages: body.messages, clientNonce: body.openledger.client_nonce, nodeSecret: keccak(utf8(`secret ${this.#secrets}`)) }
    const made = await fakeReceipt(this.#maker, request, this.tamper)
    this.receipts.push(made)
    const send = (value: unknown): boolean => response.write(`data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const word of this.text.split(/(?<= )/)) send({ choices: [{ delta: { content: word }, finish_reason: null }] })
    if (this.breakOff) {
      this.breakOff = false
      return void response.end()
    }
    send({ choices: [{ delta: {}, finish_reason: 'stop' }], openledger: { receiptId: made.id, fee: made.fee.toString(), attribution: { ...none, status: this.close ? 'pending' : 'none' }, channel: { id: this.#channelId, spent: this.spent.toString(), vouchered: '0', deposit: '0' } } })
    send('[DONE]')
    response.end()
  }
}
