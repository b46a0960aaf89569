import { encodeAbiParameters } from 'viem'
import type { Hex } from '../encoding/bytes.ts'

/** A delivery by the client's word: the result's hash and the client's signature of its `Release`. */
export function releaseEvidence(resultHash: Hex, signature: Hex): Hex {
  return encodeAbiParameters([{ type: 'bytes32' }, { type: 'bytes' }], [resultHash, signature])
}
