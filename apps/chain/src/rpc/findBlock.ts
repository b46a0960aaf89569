import type { Block } from '@ethereumjs/block'
import type { Chain } from '../blocks/Chain.ts'
import { isObject, readBytes, readQuantity } from './readParams.ts'
import { badParams, RpcError, rpcCodes } from './RpcError.ts'

/** A block has one producer and is final once it is committed, so these all mean the head. */
const headTags = new Set(['latest', 'pending', 'safe', 'finalized'])

/** Reads a block parameter: a tag, a number, or an object with `blockNumber` or `blockHash`. Undefined when there is no such block. */
export function findBlock(chain: Chain, parameter: unknown): Block | undefined {
  if (parameter === undefined || parameter === null) return chain.head
  if (isObject(parameter)) {
    if (parameter.blockHash !== undefined) return chain.blockByHash(readBytes(parameter.blockHash, 'blockHash', 32))
    if (parameter.blockNumber !== undefined) return findBlock(chain, parameter.blockNumber)
    throw badParams('a block must be named by blockNumber or blockHash')
  }
  if (typeof parameter === 'string' && headTags.has(parameter)) return chain.head
  if (parameter === 'earliest') return chain.block(0)
  const number = readQuantity(parameter, 'block')
  return number <= BigInt(chain.headNumber) ? chain.block(Number(number)) : undefined
}

/** @throws RpcError when there is no such block */
export function requireBlock(chain: Chain, parameter: unknown): Block {
  const block = findBlock(chain, parameter)
  if (block === undefined) throw new RpcError(rpcCodes.server, 'CHAIN_BLOCK_UNKNOWN', 'header not found', 'name a block that exists')
  return block
}

/** True when the parameter means the head, on which time passes although there is no new block. */
export function meansHead(parameter: unknown): boolean {
  return parameter === undefined || parameter === null || (typeof parameter === 'string' && headTags.has(parameter))
}
