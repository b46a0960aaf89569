import { randomFillSync } from 'node:crypto'
import { toHex, type Hex } from '@openledger/protocol'

/** Drawn from the machine at once: to ask it costs more than to write what it gives. */
const drawn = new Uint8Array(4096)
let taken = drawn.length

/**
 * Bytes that nobody can foresee, in hexadecimal; wiped here when they are given out.
 * @param size bytes, 4,096 at most
 */
export function randomHex(size: number): Hex {
  if (size > drawn.length) throw new RangeError(`no more than ${drawn.length} random bytes are given at once`)
  if (taken + size > drawn.length) {
    randomFillSync(drawn)
    taken = 0
  }
  const bytes = drawn.subarray(taken, taken + size)
  taken += size
  const hex = toHex(bytes)
  bytes.fill(0)
  return hex
}
