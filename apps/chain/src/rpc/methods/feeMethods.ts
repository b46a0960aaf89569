import type { Block } from '@ethereumjs/block'
import { feesOf, tipAt } from '../../transactions/PoolTransaction.ts'
import { requireBlock } from '../findBlock.ts'
import { quantity } from '../format/hex.ts'
import { readQuantity } from '../readParams.ts'
import { badParams } from '../RpcError.ts'
import type { RpcContext, RpcMethods } from '../RpcContext.ts'

/** A tip that gets a transaction into the next block unless that is full: 0.001 gwei. Raising it by 10 % replaces one that waits. */
const suggestedTip = 1_000_000n

function readPercentiles(value: unknown): number[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value) || value.length > 100) throw badParams('reward percentiles must be a list of at most 100')
  return value.map((entry: unknown, index) => {
    if (typeof entry !== 'number' || entry < 0 || entry > 100 || entry < Number(value[index - 1] ?? 0)) throw badParams('reward percentiles must rise from 0 to 100')
    return entry
  })
}

/** The tip at each percentile of a block's gas; zeros for an empty block. */
function rewards(block: Block, percentiles: readonly number[], { chain }: RpcContext): bigint[] {
  const baseFee = block.header.baseFeePerGas ?? 0n
  const receipts = chain.receipts(Number(block.header.number))
  const paid = block.transactions
    .map((tx, index) => ({ tip: tipAt(feesOf(tx), baseFee), gas: receipts[index]?.gasUsed ?? 0n }))
    .sort((a, b) => (a.tip < b.tip ? -1 : a.tip > b.tip ? 1 : 0))
  return percentiles.map((percentile) => {
    const threshold = (block.header.gasUsed * BigInt(Math.round(percentile * 100))) / 10_000n
    let gas = 0n
    for (const { tip, gas: own } of paid) {
      gas += own
      if (gas >= threshold) return tip
    }
    return paid.at(-1)?.tip ?? 0n
  })
}

/** What gas costs now and did before. */
export const feeMethods: RpcMethods = {
  eth_gasPrice: (_, { chain }) => quantity(chain.head.header.calcNextBaseFee() + suggestedTip),
  eth_maxPriorityFeePerGas: () => quantity(suggestedTip),
  eth_feeHistory: ([count, newest, percentiles], context) => {
    const { chain, limits } = context
    const wanted = readPercentiles(percentiles)
    const last = requireBlock(chain, newest)
    const length = Math.min(Number(readQuantity(count, 'block count')), limits.feeHistoryBlocks, Number(last.header.number) + 1)
    const first = Number(last.header.number) - length + 1
    const blocks = Array.from({ length }, (_, index) => requireBlock(chain, first + index))
    return {
      oldestBlock: quantity(Math.max(first, 0)),
      baseFeePerGas: [...blocks.map((block) => block.header.baseFeePerGas ?? 0n), last.header.calcNextBaseFee()].map(quantity),
      gasUsedRatio: blocks.map(({ header }) => Number(header.gasUsed) / Number(header.gasLimit)),
      ...(wanted.length === 0 ? {} : { reward: blocks.map((block) => rewards(block, wanted, context).map(quantity)) }),
    }
  },
}
