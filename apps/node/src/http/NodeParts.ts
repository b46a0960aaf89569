import type { ContentStore } from '@openledger/datanet'
import type { Network } from '@openledger/protocol'
import type { Address } from 'viem'
import type { ChainAccess } from '../chain/ChainAccess.ts'
import type { Clock } from '../config/Clock.ts'
import type { Log } from '../config/Log.ts'
import type { Query } from '../database/Database.ts'
import type { RecordIndex } from '../datanets/RecordIndex.ts'
import type { ServedModels } from '../deployments/ServedModels.ts'
import type { DrillDowns } from '../drilldown/DrillDowns.ts'
import type { EngineSettings, LoadedEngine } from '../engine/Engine.ts'
import type { EstateWatch } from '../estates/EstateWatch.ts'
import type { EventFeed } from '../events/EventFeed.ts'
import type { Indexer } from '../indexer/Indexer.ts'
import type { AnswerPipeline } from '../inference/AnswerPipeline.ts'
import type { ApiKeys } from '../keys/ApiKeys.ts'
import type { Names } from '../keys/Names.ts'
import type { Ledger } from '../ledger/Ledger.ts'
import type { NodeMetrics } from '../metrics/NodeMetrics.ts'
import type { Nodes } from '../nodes/openNodes.ts'
import type { ChannelLedger } from '../payments/ChannelLedger.ts'
import type { PaymentDoor } from '../x402/PaymentDoor.ts'
import type { IdleChannels } from '../idle/IdleChannels.ts'
import type { PromiseBook } from '../payments/PromiseBook.ts'
import type { LedgerAttributions } from '../readout/LedgerAttributions.ts'
import type { ReadoutQueue } from '../readout/ReadoutQueue.ts'
import type { Router } from '../router/Router.ts'
import type { RunJobs } from '../runs/RunJobs.ts'
import type { Settlement } from '../settlement/Settlement.ts'
import type { Balances } from '../views/Balances.ts'

/** A page's file. */
export type PageAsset = { body: string; contentType: string }

/** Everything that the routes work with; made once by startNode. */
export type NodeParts = {
  network: Network
  node: Address
  gateway: Address
  keysDir: string
  operatorToken: string
  clock: Clock
  log: Log
  startedAt: number
  version: string
  query: Query
  ledger: Ledger
  content: ContentStore
  chain: ChainAccess
  indexer: Indexer
  index: RecordIndex
  names: Names
  apiKeys: ApiKeys
  channels: ChannelLedger
  door: PaymentDoor
  idleChannels: IdleChannels
  promises: PromiseBook
  serving: LoadedEngine
  engineSettings: EngineSettings
  /** Content id of the base's weight file, when it is published. */
  baseCid: string | null
  models: ServedModels
  answers: AnswerPipeline
  readouts: ReadoutQueue
  attributions: LedgerAttributions
  nodes: Nodes
  router: Router
  drillDowns: DrillDowns
  runs: RunJobs
  settlement: Settlement
  estates: EstateWatch
  balances: Balances
  events: EventFeed
  metrics: NodeMetrics
  assets: ReadonlyMap<string, PageAsset>
}

/** The node's time in Unix seconds. */
export const nowSeconds = ({ clock }: Pick<NodeParts, 'clock'>): number => Math.floor(clock.now() / 1000)
