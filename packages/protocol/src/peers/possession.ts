import type { Address } from 'viem'
import { concatBytes, fromHex, type Hex } from '../encoding/bytes.ts'
import { keccak, sha256 } from '../encoding/hash.ts'
import { fail } from '../errors/fail.ts'

/** How many ranges of a weight file a challenge chooses, and how many bytes each has. */
export const possessionRangeCount = 64
export const possessionRangeBytes = 4096

/** Bytes `start` to `end` (exclusive) of a file. */
export type FileRange = { start: number; end: number }

/**
 * The ranges of a weight file that a challenge chooses, in the order in which they are hashed; they may overlap. Range i begins at
 * keccak(challenge ‖ i as big-endian uint32) modulo the number of places where it can begin.
 * @param challenge 32 bytes
 * @param size bytes of the file
 * @throws InputError EMPTY_FILE
 */
export function possessionRanges(challenge: Hex, size: number): FileRange[] {
  if (!Number.isSafeInteger(size) || size < 1) fail('EMPTY_FILE', `a file of ${size} bytes has no ranges`)
  const length = Math.min(possessionRangeBytes, size)
  const places = BigInt(size - length + 1)
  const number = new DataView(new ArrayBuffer(4))
  return Array.from({ length: possessionRangeCount }, (_, index) => {
    number.setUint32(0, index)
    const start = Number(BigInt(keccak(concatBytes(fromHex(challenge), new Uint8Array(number.buffer)))) % places)
    return { start, end: start + length }
  })
}

/**
 * What a node answers to a challenge: SHA-256 over challenge, node address and the bytes of the ranges, in their order. The address keeps one node's
 * answer from being another's.
 */
export function possessionProof(challenge: Hex, node: Address, ranges: readonly Uint8Array[]): Hex {
  return sha256(concatBytes(fromHex(challenge), fromHex(node.toLowerCase()), ...ranges))
}
