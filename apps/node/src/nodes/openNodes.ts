import type { ContentStore } from '@openledger/datanet'
import type { Network } from '@openledger/protocol'
import type { Address, LocalAccount } from 'viem'
import type { ChainAccess } from '../chain/ChainAccess.ts'
import type { Clock } from '../config/Clock.ts'
import { errorFields, type Log } from '../config/Log.ts'
import { TrainingWeights } from '../deployments/TrainingWeights.ts'
import type { Dispatcher } from '../dispatch/Dispatcher.ts'
import type { LoadedEngine } from '../engine/Engine.ts'
import type { PieceOf } from '../links/AnswerText.ts'
import { randomHex } from '../keys/randomHex.ts'
import { Http2Connection } from '../links/Http2Connection.ts'
import { RemoteLink } from '../links/RemoteLink.ts'
import { provePossession } from '../peer/provePossession.ts'
import { NodeRegistry } from './NodeRegistry.ts'

export type NodesParts = {
  network: Network
  chain: Pick<ChainAccess, 'stake'>
  /** The gateway's key. */
  account: LocalAccount
  content: ContentStore
  serving: Pick<LoadedEngine, 'engine' | 'info'>
  /** Keeps a node's nonce for a receipt, as ReceiptRecorder.claim. */
  claim: (node: Address, nonce: bigint) => Promise<(() => void) | undefined>
  /** The base's weight file. */
  modelPath: string
  dispatcher: Dispatcher
  clock: Clock
  log: Log
  random: () => number
  /** Called with every sweep. */
  onSweep: () => Promise<unknown>
}

/** The nodes elsewhere, and what watches over them. */
export type Nodes = { registry: NodeRegistry; start(): void; close(): Promise<void> }

const sweepMs = 5000
/** With every sweep a node is challenged once more with this probability: about every twenty minutes. */
const challengeShare = 1 / 240

/** Opens the gateway's side of nodes elsewhere. Nothing is watched before `start`. */
export function openNodes({ network, chain, account, content, serving, claim, modelPath, dispatcher, clock, log, random, onSweep }: NodesParts): Nodes {
  const weights = new TrainingWeights(content)
  let pieces: Promise<PieceOf> | undefined
  const pieceOf = (): Promise<PieceOf> =>
    (pieces ??= serving.engine.pieces(Array.from({ length: serving.info.config.vocabulary }, (_, token) => token)).then((all) => {
      const none = new Uint8Array()
      return (token: number) => all[token] ?? none
    }))
  const piecesOrAgain = (): Promise<PieceOf> => pieceOf().catch((error: unknown) => ((pieces = undefined), Promise.reject(error as Error)))
  const registry = new NodeRegistry({
    ...{ network, gateway: account.address, baseId: serving.info.id, dispatcher, log },
    stakeOf: (node) => chain.stake(node, 'node'),
    openLink: ({ statement, profile }) => {
      const { url, certificate, node, session, profileHash, baseId } = statement
      return new RemoteLink({ network, node, baseId, session, profile, profileHash, account, connection: new Http2Connection({ url, certificate }), firstNonce: BigInt(randomHex(7)), claim: (nonce) => claim(node, nonce), weights, pieceOf: piecesOrAgain, now: () => clock.now() })
    },
    expectedProof: (challenge, node) => provePossession(modelPath, challenge, node),
    randomHash: () => randomHex(32),
    clock,
  })
  const stop = new AbortController()
  let loop: Promise<void> | undefined
  const watch = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await clock.sleep(sweepMs, stop.signal)
      if (stop.signal.aborted) return
      try {
        await registry.sweep()
        for (const { statement } of registry.nodes) if (random() < challengeShare) await registry.challenge(statement.node)
        await onSweep()
      } catch (error) {
        log.warn('nodes.unwatched', errorFields(error))
      }
    }
  }
  return {
    registry,
    start: () => void (loop ??= watch()),
    close: async () => {
      stop.abort()
      await loop
      registry.close()
    },
  }
}
