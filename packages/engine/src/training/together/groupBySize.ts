/**
 * Splits items, largest first, into neighbouring groups that are computed side by side, each item taking as much as the largest of
 * its group: the split of least Σ (group size · largest + overhead), every group of several within the limit.
 * @param sizes descending
 * @param limit most that group size · largest may be for more than one item
 * @param overhead what a group costs beside its items, in the same unit
 * @returns first index of each group
 */
export function groupBySize(sizes: readonly number[], limit: number, overhead: number): number[] {
  const cost = new Array<number>(sizes.length + 1).fill(Infinity)
  const next = new Array<number>(sizes.length).fill(0)
  cost[sizes.length] = 0
  for (let from = sizes.length - 1; from >= 0; from--) {
    for (let to = from + 1; to <= sizes.length && (to === from + 1 || (to - from) * sizes[from] <= limit); to++) {
      const total = (to - from) * sizes[from] + overhead + cost[to]
      if (total < cost[from]) [cost[from], next[from]] = [total, to]
    }
  }
  const starts: number[] = []
  for (let at = 0; at < sizes.length; at = next[at]) starts.push(at)
  return starts
}
