import { requireBlock } from '../findBlock.ts'
import { LogFilter } from '../LogFilter.ts'
import { isObject, readBytes } from '../readParams.ts'
import { overLimit } from '../RpcError.ts'
import type { RpcContext, RpcMethods } from '../RpcContext.ts'

/** True for a block that is not made yet: followers of the chain ask ahead. */
function isAfterHead(tag: unknown, { chain }: RpcContext): boolean {
  return typeof tag === 'string' && /^0x[0-9a-fA-F]{1,12}$/.test(tag) && Number(tag) > chain.headNumber
}

function numberOf(tag: unknown, context: RpcContext): number {
  return isAfterHead(tag, context) ? context.chain.headNumber : Number(requireBlock(context.chain, tag).header.number)
}

function getLogs(filterObject: unknown, context: RpcContext): unknown[] {
  const { chain, limits } = context
  const filter = LogFilter.read(filterObject)
  const range = isObject(filterObject) ? filterObject : {}
  if (range.blockHash !== undefined) {
    const block = requireBlock(chain, { blockHash: `0x${Buffer.from(readBytes(range.blockHash, 'blockHash', 32)).toString('hex')}` })
    return filter.select(block, chain.receipts(Number(block.header.number)))
  }
  if (isAfterHead(range.fromBlock, context)) return []
  const first = numberOf(range.fromBlock, context)
  const last = numberOf(range.toBlock, context)
  if (last - first >= limits.logBlocks) {
    throw overLimit(`block range of ${last - first + 1} is too large, at most ${limits.logBlocks}`, 'ask for a shorter range of blocks')
  }
  const found: unknown[] = []
  for (const { key, value } of chain.store.bloomsBetween(first, last)) {
    if (!filter.mayMatch(value, chain.common)) continue
    found.push(...filter.select(requireBlock(chain, key), chain.receipts(key)))
    if (found.length > limits.logs) throw overLimit(`query returns more than ${limits.logs} logs`, 'ask for a shorter range of blocks or fewer topics')
  }
  return found
}

/** Logs of the past. */
export const logMethods: RpcMethods = {
  eth_getLogs: ([filter], context) => getLogs(filter, context),
}
