import { readFile, stat } from 'node:fs/promises'
import { OpenLedgerError } from '@openledger/protocol'
import { buildExplorer } from '@openledger/explorer'
import { isAway } from '../chain/chainError.ts'
import { openChain, type ChainAccess } from '../chain/ChainAccess.ts'
import { errorFields } from '../config/Log.ts'
import type { FullNodeOptions } from '../config/NodeOptions.ts'
import { RecordIndex } from '../datanets/RecordIndex.ts'
import { ServedModels } from '../deployments/ServedModels.ts'
import { openDrillDowns } from '../drilldown/openDrillDowns.ts'
import type { LoadedEngine } from '../engine/Engine.ts'
import { EstateWatch } from '../estates/EstateWatch.ts'
import { openEstateChain } from '../estates/openEstateChain.ts'
import { claimsAgainst, tableRecords } from '../estates/tableRecords.ts'
import { describeChainEvent } from '../events/describeChainEvent.ts'
import { describeFact } from '../events/describeFact.ts'
import { EventFeed } from '../events/EventFeed.ts'
import type { NodeParts } from '../http/NodeParts.ts'
import { Indexer } from '../indexer/Indexer.ts'
import { Dispatcher } from '../dispatch/Dispatcher.ts'
import { AnswerPipeline } from '../inference/AnswerPipeline.ts'
import { ReceiptRecorder } from '../inference/ReceiptRecorder.ts'
import { ApiKeys } from '../keys/ApiKeys.ts'
import { Names } from '../keys/Names.ts'
import { operatorToken } from '../keys/operatorToken.ts'
import { NodeMetrics } from '../metrics/NodeMetrics.ts'
import { openPaymentChain } from '../x402/PaymentChain.ts'
import { PaymentDoor } from '../x402/PaymentDoor.ts'
import { IdleChannels } from '../idle/IdleChannels.ts'
import { forfeitLate } from '../nodes/forfeitLate.ts'
import { openNodes } from '../nodes/openNodes.ts'
import { ChannelLedger } from '../payments/ChannelLedger.ts'
import { keepVoucher } from '../payments/keepVoucher.ts'
import { PromiseBook } from '../payments/PromiseBook.ts'
import { RunJobs } from '../runs/RunJobs.ts'
import { DemandAnswerer } from '../settlement/DemandAnswerer.ts'
import { ExecutionAnswerer } from '../settlement/ExecutionAnswerer.ts'
import { openAnswers, openExecutions, openGatewayChain, openInclusions, openReveals } from '../settlement/GatewayChain.ts'
import { InclusionAnswerer } from '../settlement/InclusionAnswerer.ts'
import { LedgerAttributions } from '../readout/LedgerAttributions.ts'
import { Router } from '../router/Router.ts'
import { Settlement } from '../settlement/Settlement.ts'
import { SummonsAnswerer } from '../settlement/SummonsAnswerer.ts'
import type { DataFolder } from '../storage/checkDataFolder.ts'
import { Balances } from '../views/Balances.ts'
import type { Closers } from './Closers.ts'
import { openLocalNode } from './openLocalNode.ts'
import type { Memory } from './openMemory.ts'

/** Answers that an engine computes at once when nothing else is said. */
const defaultSlots = 8

/** Pause between looks at what is claimed of estates, milliseconds: claims wait 30 days for their answer. */
const estatesMs = 600_000

/** The version that this node says it is. */
export const nodeVersion = '0.1.0'

async function checkChain(chain: ChainAccess, { network, log }: FullNodeOptions): Promise<void> {
  let id: number
  try {
    id = await chain.chainId()
  } catch (error) {
    if (!isAway(error)) throw error
    log.warn('chain.away', errorFields(error))
    return
  }
  if (id === network.chainId) return
  throw new OpenLedgerError('OTHER_CHAIN', `the chain at this address has id ${id}, the ledger lives on ${network.chainId}`, { action: 'stop', fix: 'correct the RPC address, or use the data folder that belongs to this chain' })
}

/** Publishes the base's weight file, so that auditors need nothing but the content store; a large one stays where it is. */
async function publishBase({ engine, publishBaseBytes }: FullNodeOptions, content: Memory['content']): Promise<string | null> {
  const { size } = await stat(engine.modelPath)
  return size <= publishBaseBytes ? content.put(await readFile(engine.modelPath)) : null
}

/** Opens every part of the node that stands between its memory and its routes. Nothing runs on a timer yet. */
export async function openParts(folder: DataFolder, { journal, database, content, ledger }: Memory, serving: LoadedEngine, options: FullNodeOptions & Required<Pick<FullNodeOptions, 'keys'>>, closers: Closers): Promise<NodeParts> {
  const { network, rpcUrl, clock, log, engine: settings } = options
  const now = (): number => clock.now()
  const { query } = ledger
  const accounts = options.keys
  const node = accounts.node.address
  const gateway = accounts.gateway.address
  const chain = openChain(network, rpcUrl)
  await checkChain(chain, options)

  const events = new EventFeed()
  const metrics = new NodeMetrics({ processMetrics: options.processMetrics })
  const names = new Names(folder.keys)
  ledger.onFact((fact) => events.publish(describeFact(fact)))
  const summonses = new SummonsAnswerer({ node, query, log, answer: openAnswers(network, rpcUrl, chain.client, accounts.gateway) })
  const demands = new DemandAnswerer({ gateway, query, content, log, chain: openReveals(network, rpcUrl, chain.client, accounts.gateway) })
  const inclusions = new InclusionAnswerer({ gateway, query, content, log, chain: openInclusions(network, rpcUrl, chain.client, accounts.gateway) })
  const executions = new ExecutionAnswerer({ node, gateway, query, log, open: openExecutions(network, rpcUrl, chain.client, accounts.gateway) })
  const answerCourts = (): void => {
    void executions.answerAll()
    void summonses.answerAll()
    void demands.answerAll()
    void inclusions.answerAll()
  }
  answerCourts()
  const estateChain = openEstateChain(network, rpcUrl, chain.client, accounts.gateway)
  const estates = new EstateWatch({ records: tableRecords(query, gateway), content, chain: estateChain, clock, log, counted: (outcome) => metrics.estateClaim(outcome), everyMs: estatesMs })
  closers.add('estates', () => estates.close())
  const indexer = new Indexer({
    network,
    client: chain.client,
    database,
    clock,
    log,
    pollMs: options.pollMs,
    onEvents: (found) => {
      for (const event of found) {
        const line = describeChainEvent(event)
        if (line) events.publish(line)
      }
      // Whatever happens on the chain is an occasion to try again what failed before.
      if (found.length > 0) answerCourts()
      if (found.some(({ name }) => name === 'Estates.ClaimFiled')) void estates.look().catch((error: unknown) => log.warn('estates.unseen', errorFields(error)))
    },
  })
  closers.add('indexer', () => indexer.stop())

  const promises = new PromiseBook({ network, account: accounts.gateway, query, seconds: options.inclusionSeconds, keep: async (promise) => void (await ledger.record('promise', promise)) })
  ledger.onFact(({ type }) => type === 'epochVoided' && promises.lookAgain())
  const channels = new ChannelLedger({
    chainId: network.chainId,
    channels: network.contracts.channels,
    gateway,
    creditLimit: options.creditLimit,
    firstVoucherCap: options.firstVoucherCap,
    readChannel: (id) => chain.channel(id),
    keepVoucher: keepVoucher(ledger),
    now,
  })
  await channels.load(query)
  const models = new ServedModels({ query, content, chain, baseId: serving.info.id, log, now })
  const attributions = new LedgerAttributions({ network, query, ledger, models, names, pieces: (tokens) => serving.engine.pieces(tokens) })
  const router = new Router({ now: () => clock.now(), random: Math.random })
  const dispatcher = new Dispatcher({ router, clock, log, onLiar: (liar) => (log.error('node.lied', { node: liar }), nodes.registry.ban(liar)) })
  const receipts = new ReceiptRecorder({ ledger, channels })
  const nodes = openNodes({
    ...{ network, chain, account: accounts.gateway, content, serving, claim: (id, nonce) => receipts.claim(id, nonce), modelPath: settings.modelPath, dispatcher, clock, log, random: Math.random },
    onSweep: () => forfeitLate({ query, ledger, own: node }, Math.floor(now() / 1000)),
  })
  closers.add('nodes', () => nodes.close())
  const local = await openLocalNode({ network, account: accounts.node, query, ledger, content, contentPlace: { folder: folder.content, s3: options.content }, models: folder.models, serving, attributions, metrics, clock, log, slots: settings.serving?.slots ?? defaultSlots, most: options.maxAttributions })
  closers.add('readouts', () => local.readouts.close())
  const readouts = local.readouts.queue
  if (options.answersHere) dispatcher.add(local.link, local.profile)
  const { defaultMaxTokens, attributionSeconds } = options
  const answers = new AnswerPipeline({ network, chain, serving, models, channels, dispatcher, receipts, names, metrics, clock, log, gateway, defaultMaxTokens, attributionSeconds })
  const runs = new RunJobs({ query, ledger, content, chain, settings, baseId: serving.info.id, work: folder.work, events, metrics, log, now })
  closers.add('runs', () => runs.close())
  const gatewayChain = openGatewayChain(network, rpcUrl, chain.client, accounts.gateway)
  const settlement = new Settlement({ network, gateway, chain: gatewayChain, ledger, content, clock, log, metrics, intervalMs: options.settlementMs })
  closers.add('settlement', () => settlement.stop())
  const paymentChain = openPaymentChain(network, rpcUrl, chain.client, accounts.gateway)
  const door = new PaymentDoor({ network, gateway, chain: paymentChain, channels, settlement, now, log })
  const idleChannels = new IdleChannels({ query, gateway, channels, settlement, clock, log, close: (id) => paymentChain.close(id), isBusy: (id) => door.isBusy(id), idleMs: options.channelIdleMs })
  closers.add('idle channels', () => idleChannels.stop())

  metrics.gauge('journal_entries', 'Facts in the journal', () => journal.lastSeq)
  metrics.gauge('indexed_block', 'Newest block whose events are in the tables', () => indexer.state.indexed)
  metrics.gauge('estate_claims', "Claims that stand against this gateway's own estate", () => claimsAgainst(query, gateway))
  metrics.gauge('chain_reachable', '1 while the chain answers', () => (indexer.state.reachable ? 1 : 0))
  metrics.engine(serving.engine)
  return {
    network,
    node,
    gateway,
    keysDir: folder.keys,
    operatorToken: await operatorToken(folder.operatorToken),
    clock,
    log,
    startedAt: Math.floor(now() / 1000),
    version: nodeVersion,
    query,
    ledger,
    content,
    chain,
    indexer,
    index: new RecordIndex(query),
    names,
    apiKeys: await ApiKeys.open(folder.apiKeys),
    channels,
    door,
    idleChannels,
    promises,
    serving,
    engineSettings: settings,
    baseCid: await publishBase(options, content),
    models,
    answers,
    readouts,
    attributions,
    nodes,
    router,
    drillDowns: openDrillDowns({ content, names, serving, models, isBusy: () => readouts.size > 0 }),
    runs,
    settlement,
    estates,
    balances: new Balances(query, gateway, names),
    events,
    metrics,
    assets: options.page ? await buildExplorer() : new Map(),
  }
}
