import { fail, possessionProof, signStatement, statementDomain, tokenHash, zeroHash, type Hex, type Network, type Receipt } from '@openledger/protocol'
import type { Address, LocalAccount } from 'viem'
import { silentLog } from '../../config/Log.ts'
import { Journal } from '../../journal/Journal.ts'
import { Announcer } from '../../join/Announcer.ts'
import { SignedReceipts } from '../../join/SignedReceipts.ts'
import { announcementEnvelopeSchema } from '../../nodes/announcementEnvelope.ts'
import type { AnnouncementEnvelope } from '../../nodes/AnnouncedNode.ts'
import { OrderGuard } from '../../peer/OrderGuard.ts'
import { peerApp } from '../../peer/peerApp.ts'
import type { AnswerOrder, NodeAnswer, OrderOptions } from '../../worker/AnswerOrder.ts'
import { AnswerWorker } from '../../worker/AnswerWorker.ts'
import { ReceiptSigner } from '../../worker/ReceiptSigner.ts'
import type { SeededRandom } from '../time/seededRandom.ts'
import type { SimulatedClock } from '../time/SimulatedClock.ts'
import { MemoryFiles, type Disk } from './MemoryFiles.ts'
import type { SimulatedChain } from './SimulatedChain.ts'
import { baseId, profile, profileHash, simulatedServing, type EngineHabit } from './SimulatedEngine.ts'
import { SimulatedProcess } from './SimulatedProcess.ts'
import type { VirtualNetwork } from './VirtualNetwork.ts'

/** What a node does that it should not. */
export type Lie = 'other tokens' | 'higher fee' | 'nonce again' | 'ends early' | 'complains' | 'foreign signature'

export type SimulatedNodeParts = {
  clock: SimulatedClock
  random: SeededRandom
  network: Network
  wires: VirtualNetwork
  chain: SimulatedChain
  account: LocalAccount
  gateway: Address
  /** Who has deployed the model. */
  owner: Address
  address: string
  habit: EngineHabit
  lie: Lie | undefined
  baseFile: Uint8Array
  disk: Disk
  /** Brings an announcement to the gateway, if one is there. */
  announce: (envelope: AnnouncementEnvelope) => Promise<void>
  /** Told of every receipt that leaves the node. */
  onReceipt: (receipt: { statement: Receipt; signature: Hex }) => void
}

/** A node of the simulated network: the code that `openledger node join` runs, over a disk, a network and a chain in memory. */
export class SimulatedNode {
  readonly parts: SimulatedNodeParts
  readonly #files: MemoryFiles
  #process: SimulatedProcess

  constructor(parts: SimulatedNodeParts) {
    this.parts = parts
    this.#files = new MemoryFiles(parts.random, parts.disk)
    this.#process = new SimulatedProcess(parts.clock)
    this.#process.kill()
  }

  get isAlive(): boolean {
    return this.#process.isAlive
  }

  /** Ends the process in the middle of whatever it does; the disk keeps what was flushed. */
  kill(): void {
    if (!this.isAlive) return
    this.#process.kill()
    this.#files.crash()
  }

  async start(): Promise<void> {
    if (this.isAlive) return
    const { clock, random, network, wires, chain, account, gateway, owner, address, habit, baseFile } = this.parts
    const process = (this.#process = new SimulatedProcess(clock))
    const journal = await Journal.open({ folder: 'receipts', files: this.#files.of(process), now: () => clock.now() })
    const receipts = await SignedReceipts.open(journal)
    const session = random.hash()
    const signer = new ReceiptSigner({ network, account, nextNonce: receipts.nextNonce })
    const parties = { treasury: network.treasury, stakers: network.contracts.stakes, profile }
    const places = { reserve: () => ({ take: () => undefined, release: () => undefined }) }
    const serving = simulatedServing(habit, process.clock)
    const worker = new AnswerWorker({ network, node: account.address, serving, adapters: undefined as never, signer, places, keep: (receipt) => receipts.keep(receipt, parties), clock: process.clock })
    const deploymentOf = async (): Promise<{ owner: Address; active: boolean }> => (await chain.stake(process, account.address), { owner, active: true })
    const guard = new OrderGuard({ network, node: account.address, gateway, baseId, session, prices: { input: 0n, output: 0n }, deploymentOf, now: () => clock.now() })
    const prove = (challenge: Hex): Promise<Hex> => Promise.resolve(possessionProof(challenge, account.address, [baseFile]))
    const app = peerApp({ network, account, gateway, baseId, worker: { answer: (order, options) => this.#answer(worker, order, options) }, guard, prove, challengesPerMinute: 1000, clock: process.clock, log: silentLog })
    wires.listen(address, { process, fetch: (request) => app.fetch(request) })
    const announce = async (envelope: unknown): Promise<{ taken: true }> => {
      await process.guard(wires.travel(address))
      await process.guard(this.parts.announce(announcementEnvelopeSchema.parse(envelope)))
      return { taken: true }
    }
    const fixed = { node: account.address, gateway, url: `http://${address}`, certificate: zeroHash, baseId, profileHash, slots: habit.slots, positions: 256, inputPrice: 0n, outputPrice: 0n, session }
    new Announcer({ network, account, client: { announce }, fixed, profile, adapters: () => [], clock: process.clock, log: silentLog, everyMs: 10_000 }).start()
  }

  async #answer(worker: AnswerWorker, order: AnswerOrder, options: OrderOptions): Promise<NodeAnswer> {
    const { lie, random, onReceipt } = this.parts
    const answer = await worker.answer(order, options)
    const told = lie === undefined || lie === 'other tokens' || random.chance(0.5) ? answer : await this.#lie(lie, order, answer)
    onReceipt(told.receipt)
    return told
  }

  async #lie(lie: Lie, order: AnswerOrder, answer: NodeAnswer): Promise<NodeAnswer> {
    const { network, account } = this.parts
    const { statement } = answer.receipt
    const resign = async (change: Partial<Receipt>): Promise<NodeAnswer> => {
      const changed = { ...statement, ...change }
      return { ...answer, receipt: { ...answer.receipt, statement: changed, signature: await signStatement(account, statementDomain(network.chainId, network.contracts.epochs), 'Receipt', changed) } }
    }
    if (lie === 'higher fee') return resign({ fee: statement.fee + 1n })
    if (lie === 'nonce again') return resign({ nonce: 1n })
    if (lie === 'foreign signature') return { ...answer, receipt: { ...answer.receipt, signature: `0x${'1b'.repeat(65)}` } }
    if (lie === 'complains') return fail('BAD_SAMPLING', 'I do not like it', { field: 'sampling' })
    // It leaves out the end of the answer, and signs for what it gave.
    const tokens = answer.result.tokens.slice(0, -1)
    const cut = await resign({ outputHash: tokenHash(order.salt, tokens), outputTokens: tokens.length })
    return { ...cut, result: { ...answer.result, tokens } }
  }
}
