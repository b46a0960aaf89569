/** A waiting request as the forecast of its turn sees it. */
export type Queued = {
  readonly payer: string
  /** Virtual tokens that serving it will cost, as far as one can tell. */
  readonly cost: number
}

/**
 * The order in which requests will be served if no more come: each starts when its payer's counter has grown by what stands before
 * it in the payer's own queue (the start tags of fair queueing). Priorities and adapters are left out.
 * @param items payer by payer in the order of arrival
 * @param counterOf a payer's virtual tokens so far
 */
export function fairOrder<T extends Queued>(items: Iterable<T>, counterOf: (payer: string) => number): T[] {
  const ends = new Map<string, number>()
  const tagged: { item: T; tag: number }[] = []
  for (const item of items) {
    const tag = ends.get(item.payer) ?? counterOf(item.payer)
    tagged.push({ item, tag })
    ends.set(item.payer, tag + item.cost)
  }
  return tagged.sort((a, b) => a.tag - b.tag).map(({ item }) => item)
}
