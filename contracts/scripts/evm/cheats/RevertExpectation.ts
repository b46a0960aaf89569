import { bytesToHex } from '@ethereumjs/util'
import { decodeErrorResult, parseAbi, toBytes, type Hex } from 'viem'
import { CheatFailed } from './CheatFailed.ts'

/** Which revert a frame expects of its next call. */
export type ExpectedRevert = {
  /** That of the frame that expects. */
  depth: number
  /** What the revert has to carry; undefined for anything. */
  data?: Uint8Array
  /** Only the first four bytes count. */
  partial: boolean
}

const errorSelector = '0x08c379a0'
const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i])

/** The text of an `Error(string)`, as bytes; anything else as it is. */
function textIn(data: Uint8Array): Uint8Array {
  if (bytesToHex(data.subarray(0, 4)) !== errorSelector) return data
  try {
    return toBytes(decodeErrorResult({ abi: parseAbi(['error Error(string)']), data: bytesToHex(data) as Hex }).args![0] as string)
  } catch {
    return data
  }
}

/**
 * Compares how a call ended with how it was expected to.
 * @param reverted what the revert carried, or undefined when the call did not revert
 * @throws CheatFailed when it is not what was expected
 */
export function checkRevert({ data, partial }: ExpectedRevert, reverted: Uint8Array | undefined): void {
  if (reverted === undefined) throw new CheatFailed('the next call did not revert as expected')
  if (data === undefined) return
  if (partial ? same(reverted.subarray(0, 4), data.subarray(0, 4)) : same(reverted, data) || same(textIn(reverted), data)) return
  throw new CheatFailed(`reverted with ${bytesToHex(reverted)}, expected ${bytesToHex(data)}${partial ? ' and anything behind it' : ''}`)
}
