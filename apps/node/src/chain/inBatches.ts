/** Blocks asked for at once. */
const batch = 2000n

/** What is found in a range of blocks, both ends included, asked for in parts: many servers limit the range. */
export async function inBatches<T>(from: bigint, to: bigint, find: (from: bigint, to: bigint) => Promise<T[]>): Promise<T[]> {
  const found: T[] = []
  for (let start = from; start <= to; start += batch) found.push(...(await find(start, start + batch - 1n < to ? start + batch - 1n : to)))
  return found
}
