import type { PublicClient } from 'viem'

/** The first block of a time (Unix seconds) or later, between two blocks, both ends included; the last one when all are earlier. */
export async function blockAt(client: PublicClient, time: bigint, [low, high]: [bigint, bigint]): Promise<bigint> {
  while (low < high) {
    const middle = (low + high) / 2n
    if ((await client.getBlock({ blockNumber: middle })).timestamp < time) low = middle + 1n
    else high = middle
  }
  return low
}
