import * as files from 'node:fs/promises'
import path from 'node:path'
import { FolderStore } from '@openledger/datanet'
import { fail, hashJson, toJson, type Hex, type Json, type Network } from '@openledger/protocol'
import { OpenLedgerClient } from '@openledger/sdk'
import { zeroAddress, type Address, type LocalAccount } from 'viem'
import { openChain } from '../chain/ChainAccess.ts'
import { systemClock, type Clock } from '../config/Clock.ts'
import { errorFields, jsonLog, type Log } from '../config/Log.ts'
import { closeServing, openServing, type EngineSettings } from '../engine/Engine.ts'
import { EstateWatch } from '../estates/EstateWatch.ts'
import { openEstateChain } from '../estates/openEstateChain.ts'
import { firstNonce } from '../inference/firstNonce.ts'
import { Journal } from '../journal/Journal.ts'
import { randomHex } from '../keys/randomHex.ts'
import { Closers } from '../node/Closers.ts'
import { listenPeer, type PeerAddress } from '../peer/listenPeer.ts'
import { OrderGuard } from '../peer/OrderGuard.ts'
import { peerApp } from '../peer/peerApp.ts'
import { provePossession } from '../peer/provePossession.ts'
import { openReadouts } from '../readout/openReadouts.ts'
import { checkDataFolder } from '../storage/checkDataFolder.ts'
import { fetchingStore } from '../storage/fetchingStore.ts'
import { lockDataFolder, type DataFolderLock } from '../storage/lockDataFolder.ts'
import { AnswerWorker } from '../worker/AnswerWorker.ts'
import { HeldAdapters } from '../worker/HeldAdapters.ts'
import { ReceiptSigner } from '../worker/ReceiptSigner.ts'
import { Announcer } from './Announcer.ts'
import { AttributionDelivery } from './AttributionDelivery.ts'
import { openOwnCourts } from './openOwnCourts.ts'
import { openOwnEstates } from './openOwnEstates.ts'
import { OwnCases } from './OwnCases.ts'
import { SignedReceipts } from './SignedReceipts.ts'
import { warmUp } from './warmUp.ts'

export type JoinOptions = PeerAddress & {
  dataDir: string
  /** The gateway's address, such as http://127.0.0.1:7800. */
  gateway: string
  /** The chain's RPC address; default the one that the gateway names. */
  rpcUrl?: string
  /** The ledger that the node's bond lies on; default the one that the gateway names. */
  network?: Network
  engine: EngineSettings
  /** The node's key, bonded as a node. */
  account: LocalAccount
  /** The address that the gateway is to call; default the one that is listened on. */
  url?: string
  /** What deployments must pay at least, smallest unit for 1,000 tokens. Default nothing. */
  prices?: { input: bigint; output: bigint }
  /** Answers that can wait to be attributed. Default 1,000. */
  maxAttributions?: number
  /** Pause between announcements, milliseconds. Default 10,000. */
  announceMs?: number
  /** A lock that the caller holds on the data folder; it is taken and released here otherwise. */
  lock?: DataFolderLock
  clock?: Clock
  log?: Log
}

/** A node that answers for a gateway elsewhere. */
export type JoinedNode = { url: string; node: Address; session: Hex; gateway: Address; stop(): Promise<void> }

const defaultSlots = 8

const isSameLedger = (one: Network, other: Network): boolean => one.chainId === other.chainId && hashJson(toJson(one.contracts)) === hashJson(toJson(other.contracts))
const challengesPerMinute = 30
/** Deployments that a node reads from the chain before it is announced. */
const mostLearnt = 64
/** Pause between two looks at what is claimed of the gateway's estate; claims can be answered for 30 days. */
const estatesMs = 600_000
/** Pause between two looks at what the courts ask; they give a third of a dispute window. */
const courtsMs = 5000

/**
 * Starts a node in this process that answers orders of one gateway: checks that both have the same base and that the gateway is bonded, listens, and
 * announces itself until it is stopped. What fails half-way closes what was opened.
 * @throws InputError OTHER_LEDGER, OTHER_BASE, GATEWAY_NOT_BONDED, TLS_NEEDED; UnavailableError NODE_AWAY, PORT_IN_USE; StorageError of data folder and journal; errors of the engine
 */
export async function joinNetwork({ dataDir, gateway: gatewayUrl, engine, account, host, port, tls, prices = { input: 0n, output: 0n }, maxAttributions = 1000, announceMs = 10_000, clock = systemClock, log = jsonLog(), ...options }: JoinOptions): Promise<JoinedNode> {
  const closers = new Closers(log)
  try {
    const lock = options.lock ?? (await lockDataFolder(dataDir))
    if (!options.lock) closers.add('lock', () => lock.release())
    const folder = await checkDataFolder(dataDir)
    const client = new OpenLedgerClient({ url: gatewayUrl })
    const loading = openServing(engine, clock)
    closers.add('engine', () => loading.then(closeServing, () => undefined))
    const [named, { gateway, base }] = await Promise.all([client.network(), client.node()])
    const network = options.network ?? named
    if (!isSameLedger(network, named)) fail('OTHER_LEDGER', `the gateway's ledger is on chain ${named.chainId} at ${named.contracts.epochs}, not the one that this node belongs to`, { field: '--gateway', fix: 'join with another data folder, or another gateway' })
    const serving = await loading
    const { id: baseId, profile, profileHash, positions } = serving.info
    if (base.id !== baseId) fail('OTHER_BASE', `the gateway serves base ${base.id} (${base.name}), this file is ${baseId}`, { field: '--model', fix: 'start the node with the same base model' })
    const chain = openChain(network, options.rpcUrl ?? network.rpcUrl)
    if (!(await chain.stake(gateway, 'gateway')).isStaked) fail('GATEWAY_NOT_BONDED', `the gateway ${gateway} has not bonded what a gateway must: nothing covers what it would owe`, { field: '--gateway', fix: 'join another gateway' })

    const journal = await Journal.open({ folder: path.join(folder.dir, 'receipts'), now: () => clock.now() })
    closers.add('journal', () => journal.close())
    const receipts = await SignedReceipts.open(journal)
    const content = fetchingStore(new FolderStore(folder.content, files), (cid) => client.content(cid))
    const adapters = new HeldAdapters({ content, serving, models: folder.models, registered: (adapterId) => chain.adapterContent(adapterId) })
    const delivery = new AttributionDelivery({ receipts, client, content, clock, log })
    const [waiting, made] = [receipts.open.filter((job) => !receipts.attribution(job.receiptId)), receipts.open.filter((job) => receipts.attribution(job.receiptId))]
    for (const job of made) delivery.add(job)
    closers.add('delivery', () => delivery.close())
    const readouts = openReadouts({
      ...{ network, account, clock, log, adapters, open: waiting, most: maxAttributions, engine: serving.gradients, contentPlace: { folder: folder.content }, gatewayUrl },
      metrics: { attributed: () => undefined },
      pending: async (receiptId) => {
        const kept = receipts.pending(receiptId)
        if (!kept) return undefined
        const [channel, revoked] = await Promise.all([chain.channel(kept.statement.channelId), client.revocations(kept.run, Number(kept.statement.time))])
        return { ...kept, payer: channel?.payer ?? zeroAddress, revoked }
      },
      deliver: async ({ receiptId, attribution, signature, document, queryVector }) => {
        await receipts.attribute(receiptId, { statement: toJson(attribution), signature, document: document as unknown as Json, queryVector })
        delivery.add({ receiptId, deadline: receipts.open.find((job) => job.receiptId === receiptId)?.deadline ?? 0 })
      },
      forfeit: (receiptId) => receipts.end(receiptId, 'late'),
    })
    closers.add('readouts', () => readouts.close())

    const node = account.address
    const session = randomHex(32)
    const signer = new ReceiptSigner({ network, account, nextNonce: firstNonce(receipts.nextNonce - 1n, clock.now()) })
    const parties = { treasury: network.treasury, stakers: network.contracts.stakes, profile }
    const worker = new AnswerWorker({ network, node, serving, adapters, signer, places: readouts.queue, keep: (receipt) => receipts.keep(receipt, parties), clock })
    const guard = new OrderGuard({ network, node, gateway, baseId, session, prices, deploymentOf: (id) => chain.deployment(id), now: () => clock.now() })
    const app = peerApp({ network, account, gateway, baseId, worker, guard, prove: (challenge) => provePossession(engine.modelPath, challenge, node), challengesPerMinute, clock, log })
    const listener = await listenPeer(app, { host, port, tls })
    closers.add('peer', () => listener.close())
    const url = options.url ?? listener.url
    const announcer = new Announcer({
      ...{ network, account, client, profile, adapters: () => adapters.ids, clock, log, everyMs: announceMs },
      fixed: { node, gateway, url, certificate: listener.certificate, baseId, profileHash, slots: engine.serving?.slots ?? defaultSlots, positions, inputPrice: prices.input, outputPrice: prices.output, session },
    })
    closers.add('announcer', () => announcer.close())
    const cases = new OwnCases({ courts: openOwnCourts(network, options.rpcUrl ?? network.rpcUrl, chain.client, account), receipts, clock, log, everyMs: courtsMs })
    closers.add('courts', () => cases.close())
    const estates = new EstateWatch({
      ...{ records: openOwnEstates(network, chain.client, account, gateway, receipts), content: new FolderStore(folder.content, files), clock, log, everyMs: estatesMs, counted: () => undefined },
      chain: openEstateChain(network, options.rpcUrl ?? network.rpcUrl, chain.client, account),
    })
    closers.add('estates', () => estates.close())
    // Who is announced gets orders: these two are what a first one would wait for.
    await Promise.all([warmUp(serving, clock, log), client.deployments().then((known) => guard.learn(known.slice(0, mostLearnt)), (error: unknown) => log.warn('deployments.unread', errorFields(error)))])
    readouts.queue.start()
    delivery.start()
    cases.start()
    estates.start()
    announcer.start()
    log.info('node.listens', { url, node, gateway })
    let stopped: Promise<void> | undefined
    return { url, node, session, gateway, stop: () => (stopped ??= closers.close()) }
  } catch (error) {
    await closers.close()
    throw error
  }
}
