import type { MinimumTree } from './MinimumTree.ts'

/** For each rank, the rank before it of the same owner, or −1: a rank is its owner's first in [lo, …) when that lies below lo. */
export function ranksBefore(owners: Int32Array, count: number): Int32Array {
  const before = new Int32Array(owners.length)
  const last = new Int32Array(count).fill(-1)
  for (let rank = 0; rank < owners.length; rank++) {
    before[rank] = last[owners[rank]]
    last[owners[rank]] = rank
  }
  return before
}

/**
 * The first rank in [lo, hi) of each owner, in ascending order; time goes by how many owners there are, not by occurrences
 * (document listing: Muthukrishnan 2002).
 * @param before over `ranksBefore`
 */
export function* firstRanks(before: MinimumTree, lo: number, hi: number): Generator<number> {
  for (let rank = lo; rank < hi; rank++) {
    rank = before.firstBelow(rank, lo)
    if (rank < 0 || rank >= hi) return
    yield rank
  }
}
