/** More receipts than any node signs in a millisecond. */
const perMillisecond = 1_000_000n

/**
 * The first nonce that a node signs after a start: above the last one that it remembers, and above those that it may have forgotten, because its
 * folder is an older copy: two receipts with one nonce are a fault by themselves.
 * @param last the highest nonce that is remembered
 * @param now Unix milliseconds
 */
export function firstNonce(last: bigint, now: number): bigint {
  const byTime = BigInt(Math.floor(now)) * perMillisecond
  return byTime > last ? byTime : last + 1n
}
