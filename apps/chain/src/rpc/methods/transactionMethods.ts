import type { Block } from '@ethereumjs/block'
import { findBlock } from '../findBlock.ts'
import { formatReceipt } from '../format/formatReceipt.ts'
import { formatTransaction } from '../format/formatTransaction.ts'
import { hexOf } from '../format/hex.ts'
import { readBytes, readQuantity } from '../readParams.ts'
import type { RpcMethods } from '../RpcContext.ts'

function transactionIn(block: Block | undefined, position: unknown): Record<string, unknown> | null {
  const index = Number(readQuantity(position, 'transaction index'))
  const tx = block?.transactions[index]
  return block === undefined || tx === undefined ? null : formatTransaction(tx, tx.getSenderAddress().toString(), { block, index })
}

/** Sending transactions and finding them again. */
export const transactionMethods: RpcMethods = {
  eth_sendRawTransaction: async ([raw], { pool }) => hexOf(await pool.add(readBytes(raw, 'raw transaction'))),
  eth_getTransactionByHash: ([value], { chain, pool }) => {
    const hash = readBytes(value, 'transaction hash', 32)
    const place = chain.place(hash)
    if (place !== undefined) return transactionIn(chain.block(place.blockNumber), place.index)
    const waiting = pool.get(Buffer.from(hash).toString('hex'))
    return waiting === undefined ? null : formatTransaction(waiting.tx, waiting.senderHex)
  },
  eth_getTransactionReceipt: ([value], { chain }) => {
    const place = chain.place(readBytes(value, 'transaction hash', 32))
    const block = place === undefined ? undefined : chain.block(place.blockNumber)
    return place === undefined || block === undefined ? null : formatReceipt(block, chain.receipts(place.blockNumber), place.index)
  },
  eth_getTransactionByBlockNumberAndIndex: ([tag, index], { chain }) => transactionIn(findBlock(chain, tag), index),
  eth_getTransactionByBlockHashAndIndex: ([hash, index], { chain }) => transactionIn(chain.blockByHash(readBytes(hash, 'block hash', 32)), index),
}
