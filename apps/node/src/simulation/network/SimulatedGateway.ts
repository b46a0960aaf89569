import type { MemoryStore } from '@openledger/datanet'
import { possessionProof, readArtefact, receiptBundleSchema, UnavailableError, type Hex, type Network, type ReceiptBundle } from '@openledger/protocol'
import type { LocalAccount } from 'viem'
import { silentLog } from '../../config/Log.ts'
import type { Database, Query } from '../../database/Database.ts'
import type { ServedModel } from '../../deployments/ServedModels.ts'
import { Dispatcher } from '../../dispatch/Dispatcher.ts'
import { AnswerPipeline, type Answer } from '../../inference/AnswerPipeline.ts'
import type { AnswerRequest } from '../../inference/AnswerRequest.ts'
import { ReceiptRecorder } from '../../inference/ReceiptRecorder.ts'
import { Journal } from '../../journal/Journal.ts'
import { Ledger } from '../../ledger/Ledger.ts'
import { datanetProjections } from '../../ledger/projections/datanetProjections.ts'
import { modelProjections } from '../../ledger/projections/modelProjections.ts'
import { moneyProjections } from '../../ledger/projections/moneyProjections.ts'
import { RemoteLink } from '../../links/RemoteLink.ts'
import { NodeMetrics } from '../../metrics/NodeMetrics.ts'
import type { AnnouncementEnvelope } from '../../nodes/AnnouncedNode.ts'
import { NodeRegistry } from '../../nodes/NodeRegistry.ts'
import { ChannelLedger } from '../../payments/ChannelLedger.ts'
import { keepVoucher } from '../../payments/keepVoucher.ts'
import { Router } from '../../router/Router.ts'
import { Settlement } from '../../settlement/Settlement.ts'
import type { SeededRandom } from '../time/seededRandom.ts'
import type { SimulatedClock } from '../time/SimulatedClock.ts'
import { MemoryFiles, type Disk } from './MemoryFiles.ts'
import type { SimulatedChain } from './SimulatedChain.ts'
import { baseId, profile, profileHash, simulatedServing } from './SimulatedEngine.ts'
import { SimulatedProcess } from './SimulatedProcess.ts'
import type { VirtualNetwork } from './VirtualNetwork.ts'

export type SimulatedGatewayParts = {
  clock: SimulatedClock
  random: SeededRandom
  network: Network
  wires: VirtualNetwork
  chain: SimulatedChain
  account: LocalAccount
  database: Database
  content: MemoryStore
  model: ServedModel
  baseFile: Uint8Array
  disk: Disk
  /** Told who was found to lie. */
  onLiar: (node: string) => void
}

type Running = { process: SimulatedProcess; answers: AnswerPipeline; channels: ChannelLedger; registry: NodeRegistry; settlement: Settlement; query: Query }

const platformFee = 7n
const sweepMs = 5000

/** The gateway of the simulated network: the code that `openledger up --no-answers` runs to answer and to settle, over a disk, a network and a chain in memory. */
export class SimulatedGateway {
  readonly #parts: SimulatedGatewayParts
  readonly #files: MemoryFiles
  #running: Running | undefined

  constructor(parts: SimulatedGatewayParts) {
    this.#parts = parts
    this.#files = new MemoryFiles(parts.random, parts.disk)
  }

  get isAlive(): boolean {
    return this.#running !== undefined
  }

  /** Ends the process in the middle of whatever it does; the disk keeps what was flushed, the database what was committed. */
  kill(): void {
    this.#running?.process.kill()
    this.#running = undefined
    this.#files.crash()
  }

  async start(): Promise<void> {
    if (this.#running) return
    const { clock, random, network, wires, chain, account, content, model, baseFile, onLiar } = this.#parts
    const process = new SimulatedProcess(clock)
    const now = (): number => clock.now()
    const log = silentLog
    const database = process.database(this.#parts.database)
    const journal = await process.guard(Journal.open({ folder: 'journal', files: this.#files.of(process), now }))
    const projections = { ...datanetProjections, ...modelProjections, ...moneyProjections }
    const ledger = await process.guard(Ledger.open({ journal, database, projections, sources: { content: (cid) => content.get(cid) }, log, clock: process.clock }))
    const { query } = ledger
    const channels = new ChannelLedger({
      ...{ chainId: network.chainId, channels: network.contracts.channels, gateway: account.address, creditLimit: 2000n, firstVoucherCap: 10_000n, now },
      readChannel: (id) => chain.channel(process, id),
      keepVoucher: keepVoucher(ledger),
    })
    await process.guard(channels.load(query))
    const receipts = new ReceiptRecorder({ ledger, channels })
    const router = new Router({ now, random })
    const dispatcher: Dispatcher = new Dispatcher({ router, clock: process.clock, log, onLiar: (liar) => (onLiar(liar), registry.ban(liar)) })
    const link = ({ statement }: AnnouncementEnvelope): RemoteLink =>
      new RemoteLink({
        ...{ network, node: statement.node, baseId, session: statement.session, profile, profileHash, account, now, weights: undefined as never },
        connection: wires.connect(new URL(statement.url).host, process),
        pieceOf: () => Promise.resolve((token) => Buffer.from(String.fromCharCode(97 + (token % 26)))),
        claim: (nonce) => receipts.claim(statement.node, nonce),
        firstNonce: BigInt(random.whole(0, 2 ** 50)),
      })
    const registry = new NodeRegistry({
      ...{ network, gateway: account.address, baseId, dispatcher, log, clock: process.clock, openLink: link, randomHash: () => random.hash() },
      stakeOf: (node) => chain.stake(process, node),
      expectedProof: (challenge, node) => Promise.resolve(possessionProof(challenge, node, [baseFile])),
    })
    const metrics = new NodeMetrics({ processMetrics: false, now })
    const serving = simulatedServing({ firstTokenMs: 0, tokenMs: 0, slots: 0 }, process.clock)
    const answers = new AnswerPipeline({
      ...{ network, serving, channels, dispatcher, receipts, metrics, clock: process.clock, log, gateway: account.address, defaultMaxTokens: 16, attributionSeconds: 60, randomHash: () => random.hash() },
      chain: { platformFee: () => Promise.resolve(platformFee) } as never,
      models: { find: () => Promise.resolve(model) } as never,
      names: { of: () => Promise.resolve(null) } as never,
    })
    const settlement = new Settlement({ network, gateway: account.address, chain: chain.of(process), ledger, content, clock: process.clock, log, metrics, intervalMs: 8000, maxReceipts: 12 })
    settlement.start()
    this.#running = { process, answers, channels, registry, settlement, query }
    void this.#sweep(this.#running)
  }

  /** Takes an announcement. @throws when nobody is there, or as NodeRegistry.accept */
  announce(envelope: AnnouncementEnvelope): Promise<void> {
    return this.#with(({ registry }) => registry.accept(envelope))
  }

  answer(request: AnswerRequest): Promise<Answer> {
    return this.#with(({ answers }) => answers.answer(request))
  }

  pay(voucher: { channelId: Hex; cumulative: bigint; signature: Hex }): Promise<unknown> {
    return this.#with(({ channels }) => channels.acceptVoucher(voucher))
  }

  settle(): Promise<number | null> {
    return this.#with(({ settlement }) => settlement.settle())
  }

  /** What a channel owes in all. */
  spent(channelId: Hex): Promise<bigint> {
    return this.#with(({ channels }) => Promise.resolve(channels.account(channelId).spent))
  }

  /** The receipts of a channel, in the order in which they came. */
  receipts(channelId: Hex): Promise<ReceiptBundle[]> {
    return this.#with(async ({ query }) => (await query<{ bundle: string }>(`select bundle from receipts where channel_id = $1 order by channel_total`, [channelId])).map(({ bundle }) => readArtefact(receiptBundleSchema, bundle)))
  }

  /** The file of the newest epoch that stands. */
  newestEpoch(): Promise<Uint8Array | undefined> {
    return this.#with(async ({ query }) => {
      const [row] = await query<{ cid: string }>(`select cid from epochs where stage = 'posted' order by index desc limit 1`)
      return row && (await this.#parts.content.get(row.cid))
    })
  }

  #with<T>(work: (running: Running) => Promise<T>): Promise<T> {
    const running = this.#running
    if (!running) return Promise.reject(new UnavailableError('NODE_AWAY', 'no gateway is there', { action: 'retry' }))
    // Whoever calls learns that the other end is gone.
    return new Promise((resolve, reject) => {
      const { ended } = running.process
      const gone = (): void => reject(new UnavailableError('NODE_AWAY', 'the gateway is gone', { action: 'retry' }))
      ended.addEventListener('abort', gone)
      work(running).then(resolve, reject).finally(() => ended.removeEventListener('abort', gone))
    })
  }

  async #sweep({ process, registry }: Running): Promise<void> {
    for (;;) {
      await process.clock.sleep(sweepMs)
      await process.guard(registry.sweep())
      for (const { statement } of registry.nodes) if (this.#parts.random.chance(0.02)) await process.guard(registry.challenge(statement.node))
    }
  }
}
