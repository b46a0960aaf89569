import { findBlock } from '../findBlock.ts'
import { formatBlock } from '../format/formatBlock.ts'
import { formatReceipt } from '../format/formatReceipt.ts'
import { quantity } from '../format/hex.ts'
import { readBytes } from '../readParams.ts'
import type { RpcContext, RpcMethods } from '../RpcContext.ts'

const byHash = (value: unknown, { chain }: RpcContext) => chain.blockByHash(readBytes(value, 'block hash', 32))

/** Blocks and their receipts. An unknown block is answered with null. */
export const blockMethods: RpcMethods = {
  eth_getBlockByNumber: ([tag, full], { chain }) => {
    const block = findBlock(chain, tag)
    return block === undefined ? null : formatBlock(block, full === true)
  },
  eth_getBlockByHash: ([hash, full], context) => {
    const block = byHash(hash, context)
    return block === undefined ? null : formatBlock(block, full === true)
  },
  eth_getBlockTransactionCountByNumber: ([tag], { chain }) => {
    const block = findBlock(chain, tag)
    return block === undefined ? null : quantity(block.transactions.length)
  },
  eth_getBlockTransactionCountByHash: ([hash], context) => {
    const block = byHash(hash, context)
    return block === undefined ? null : quantity(block.transactions.length)
  },
  eth_getBlockReceipts: ([tag], context) => {
    const { chain } = context
    const block = typeof tag === 'string' && tag.length === 66 ? byHash(tag, context) : findBlock(chain, tag)
    if (block === undefined) return null
    const receipts = chain.receipts(Number(block.header.number))
    return receipts.map((_, index) => formatReceipt(block, receipts, index))
  },
}
