import { OpenLedgerError, UnavailableError, writeArtefact, type Hex } from '@openledger/protocol'
import { OpenLedgerClient } from '@openledger/sdk'
import type { NodeApi } from './NodeApi.ts'

export type SdkNodeOptions = {
  /** Asked at each call, so that a node that starts later, or elsewhere, is found. */
  url: () => Promise<string>
  token: string | undefined
}

/** A node by the SDK's client. */
export class SdkNode implements NodeApi {
  readonly #options: SdkNodeOptions
  #client: { url: string; client: OpenLedgerClient } | undefined

  constructor(options: SdkNodeOptions) {
    this.#options = options
  }

  async #ask<T>(question: (client: OpenLedgerClient) => Promise<T>): Promise<T> {
    const url = await this.#options.url()
    if (this.#client?.url !== url) this.#client = { url, client: new OpenLedgerClient({ url, token: this.#options.token }) }
    return question(this.#client.client)
  }

  status: NodeApi['status'] = () => this.#ask((c) => c.status())
  network: NodeApi['network'] = () => this.#ask((c) => c.network())
  nodeInfo: NodeApi['nodeInfo'] = () => this.#ask((c) => c.node())
  nodes: NodeApi['nodes'] = () => this.#ask((c) => c.nodes())
  datanets: NodeApi['datanets'] = () => this.#ask((c) => c.datanets())
  datanet: NodeApi['datanet'] = (id) => this.#ask((c) => c.datanet(BigInt(id)))
  setMetadata: NodeApi['setMetadata'] = (id, metadata) => this.#ask((c) => c.setMetadata(BigInt(id), metadata))
  records: NodeApi['records'] = (id, cursor) => this.#ask((c) => c.records(BigInt(id), { cursor, limit: 200 }))
  record: NodeApi['record'] = (id) => this.#ask((c) => c.record(id as Hex))
  review: NodeApi['review'] = (recordId, decision) => this.#ask((c) => c.review(recordId, decision))
  appeal: NodeApi['appeal'] = (recordId, decision) => this.#ask((c) => c.appeal(recordId, decision))
  contribute: NodeApi['contribute'] = (id, bundle) => this.#ask((c) => c.contribute(BigInt(id), bundle))
  prepareSnapshot: NodeApi['prepareSnapshot'] = (id) => this.#ask((c) => c.prepareSnapshot(BigInt(id)))
  snapshot: NodeApi['snapshot'] = (id) => this.#ask((c) => c.snapshot(id))
  startRun: NodeApi['startRun'] = (run) => this.#ask((c) => c.startRun(run))
  runs: NodeApi['runs'] = () => this.#ask((c) => c.runs())
  run: NodeApi['run'] = (id) => this.#ask((c) => c.run(id))
  stopRun: NodeApi['stopRun'] = (id) => this.#ask((c) => c.stopRun(id))
  runStatement: NodeApi['runStatement'] = (id) => this.#ask((c) => c.runStatement(id))
  publishRun: NodeApi['publishRun'] = (id, signature) => this.#ask((c) => c.publishRun(id, signature))
  adapters: NodeApi['adapters'] = () => this.#ask((c) => c.adapters())
  deployments: NodeApi['deployments'] = () => this.#ask((c) => c.deployments())
  deploy: NodeApi['deploy'] = (statement, signature, name) => this.#ask((c) => c.deploy(statement, signature, name))
  quote: NodeApi['quote'] = (request) => this.#ask((c) => c.quote(request))
  sendVoucher: NodeApi['sendVoucher'] = (voucher) => this.#ask((c) => c.sendVoucher(voucher))
  receiptPromise: NodeApi['receiptPromise'] = (id) => this.#ask((c) => c.receiptPromise(id))
  channel: NodeApi['channel'] = (id) => this.#ask((c) => c.channel(id))
  receipts: NodeApi['receipts'] = (cursor) => this.#ask((c) => c.receipts({ cursor, limit: 50 }))
  receiptBundle: NodeApi['receiptBundle'] = (id, payment) => this.#ask(async (c) => writeArtefact(await c.receipt(id, payment)))
  attributed: NodeApi['attributed'] = (id, payment, timeoutMs) => this.#ask((c) => c.waitForAttribution(id, { payment, timeoutMs }))
  receiptView: NodeApi['receiptView'] = (id) => this.#ask((c) => c.answer(id))
  payments: NodeApi['payments'] = (id) => this.#ask((c) => c.payments(id))
  money: NodeApi['money'] = (account) => this.#ask((c) => c.money(account))
  shapingRecords: NodeApi['shapingRecords'] = (id) => this.#ask((c) => c.shapingRecords(id))
  settle: NodeApi['settle'] = () => this.#ask((c) => c.settle())
  epochs: NodeApi['epochs'] = () => this.#ask((c) => c.epochs())
  balances: NodeApi['balances'] = () => this.#ask((c) => c.balances())
  balance: NodeApi['balance'] = (payee) => this.#ask((c) => c.balance(payee))
  content: NodeApi['content'] = (cid) => this.#ask((c) => c.content(cid))

  chat: NodeApi['chat'] = (request, payment, onText) =>
    this.#ask(async (c) => {
      try {
        return await c.chat(request, { payment, onText })
      } catch (error) {
        if (error instanceof OpenLedgerError) throw error
        // The connection broke while the answer was read.
        throw new UnavailableError('ANSWER_BROKEN_OFF', 'the answer ended without its receipt', { cause: error, action: 'retry', fix: 'ask again; if the answer was finished, its receipt is found and paid with the next one' })
      }
    })
}
