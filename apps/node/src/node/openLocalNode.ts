import type { ContentStore } from '@openledger/datanet'
import type { Hex, Network } from '@openledger/protocol'
import type { LocalAccount } from 'viem'
import type { Clock } from '../config/Clock.ts'
import type { Log } from '../config/Log.ts'
import type { Query } from '../database/Database.ts'
import type { LoadedEngine } from '../engine/Engine.ts'
import { firstNonce } from '../inference/firstNonce.ts'
import { lastNonce } from '../inference/lastNonce.ts'
import type { Ledger } from '../ledger/Ledger.ts'
import { localLink } from '../links/localLink.ts'
import type { NodeLink } from '../links/NodeLink.ts'
import type { NodeMetrics } from '../metrics/NodeMetrics.ts'
import type { LedgerAttributions } from '../readout/LedgerAttributions.ts'
import { openAttributionsOf } from '../readout/openAttributionsOf.ts'
import { openReadouts, type Readouts } from '../readout/openReadouts.ts'
import type { NodeProfile } from '../router/RoutedNode.ts'
import { AnswerWorker } from '../worker/AnswerWorker.ts'
import { HeldAdapters } from '../worker/HeldAdapters.ts'
import { ReceiptSigner } from '../worker/ReceiptSigner.ts'
import type { ContentPlace } from '../content/openContent.ts'

export type LocalNodeParts = {
  network: Network
  /** The node's key. */
  account: LocalAccount
  query: Query
  ledger: Ledger
  content: ContentStore
  contentPlace: ContentPlace
  /** The folder of adapters. */
  models: string
  serving: LoadedEngine
  attributions: LedgerAttributions
  metrics: NodeMetrics
  clock: Clock
  log: Log
  /** Answers that it computes at once. */
  slots: number
  /** Answers that can wait to be attributed. */
  most: number
}

/** The node that shares its gateway's process: what it needs to remember is what its gateway remembers. */
export type LocalNode = { link: NodeLink; profile: Omit<NodeProfile, 'id'>; readouts: Readouts }

/** Opens the node that shares its gateway's process and memory. Its attributions do not begin yet. */
export async function openLocalNode({ network, account, query, ledger, content, contentPlace, models, serving, attributions, metrics, clock, log, slots, most }: LocalNodeParts): Promise<LocalNode> {
  const node = account.address
  const adapters = new HeldAdapters({ content, serving, models })
  const readouts = openReadouts({
    ...{ network, account, clock, log, metrics, most, adapters, engine: serving.gradients, contentPlace },
    open: await openAttributionsOf(query, node),
    pending: (receiptId) => attributions.pending(receiptId),
    deliver: (closed) => attributions.record(closed),
    forfeit: async (receiptId, reason) => void (await ledger.record('attributionFailed', { receiptId, node: node.toLowerCase() as Hex, reason })),
  })
  metrics.gauge('attributions_waiting', 'Answers that wait for their attribution', () => readouts.queue.size)
  const signer = new ReceiptSigner({ network, account, nextNonce: firstNonce(await lastNonce(query, node), clock.now()) })
  // The gateway writes each receipt to its journal before anybody outside this process sees it.
  const keep = (): Promise<void> => Promise.resolve()
  const worker = new AnswerWorker({ network, node, serving, adapters, signer, places: readouts.queue, keep, discard: (receipt) => signer.withdraw(receipt), clock })
  const { id: baseId, profileHash, positions } = serving.info
  const { exactReplay } = serving.engine.capabilities
  // The engine's own queue is fair to payers, and refuses by itself what would come too late.
  const profile = { baseId, profileHash, exactReplay, slots, bounded: false, positions, stake: 0n, inputPrice: 0n, outputPrice: 0n, holds: (adapterId: Hex) => adapters.holds(adapterId) }
  return { link: localLink(node, worker), profile, readouts }
}
