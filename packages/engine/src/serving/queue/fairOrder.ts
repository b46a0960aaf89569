/** A waiting request as the forecast of its turn sees it. */
export type Queued = {
  readonly payer: string
  /** Virtual tokens that serving it will cost, as far as one can tell. */
  readonly cost: number
}

type Tagged<T> = { item: T; tag: number }

/**
 * The order in which requests will be served if no more come: each starts when its payer's counter has grown by what stands before
 * it in the payer's own queue (the start tags of fair queueing). Priorities and adapters are left out.
 * @param items payer by payer in the order of arrival
 * @param counterOf a payer's virtual tokens so far
 */
export function fairOrder<T extends Queued>(items: Iterable<T>, counterOf: (payer: string) => number): T[] {
  return tagged(items, counterOf).sort((a, b) => a.tag - b.tag).map(({ item }) => item)
}

/** The requests that will be served before one that comes now, in no order. Parameters as `fairOrder`. */
export function fairlyAhead<T extends Queued>(items: Iterable<T>, request: Queued, counterOf: (payer: string) => number): T[] {
  const all = tagged(items, counterOf)
  let own = counterOf(request.payer)
  for (const { item, tag } of all) if (item.payer === request.payer) own = Math.max(own, tag + item.cost)
  return all.filter(({ tag }) => tag <= own).map(({ item }) => item)
}

function tagged<T extends Queued>(items: Iterable<T>, counterOf: (payer: string) => number): Tagged<T>[] {
  const ends = new Map<string, number>()
  const all: Tagged<T>[] = []
  for (const item of items) {
    const tag = ends.get(item.payer) ?? counterOf(item.payer)
    all.push({ item, tag })
    ends.set(item.payer, tag + item.cost)
  }
  return all
}
