import type { Hex } from '@openledger/protocol'

/** The first 31 bits of a seed: a number that every server takes as it is. */
export function seedNumber(seed: Hex): number {
  return Number.parseInt(seed.slice(2, 10), 16) >>> 1
}
