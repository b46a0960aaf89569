import type { Chain } from '../blocks/Chain.ts'
import type { ChainClock } from '../blocks/ChainClock.ts'
import type { TransactionPool } from '../pool/TransactionPool.ts'
import type { BlockProducer } from '../producer/BlockProducer.ts'
import type { RpcLimits } from './rpcLimits.ts'

/** What the methods work on. */
export type RpcContext = {
  chain: Chain
  pool: TransactionPool
  producer: BlockProducer
  clock: ChainClock
  limits: RpcLimits
}

/** Answers one request. Its result is what goes into the response, as JSON. */
export type RpcMethod = (params: readonly unknown[], context: RpcContext) => unknown

export type RpcMethods = Record<string, RpcMethod>
