import { concat, encodeAbiParameters, parseAbiParameters, size, slice } from 'viem'
import type { Hex, Receipt } from '@openledger/protocol'
import type { SignedReceipt } from './proveEquivocation.ts'

const words = 19
const fields = parseAbiParameters('bytes32, bytes32, bytes32, bytes32, address, address, bytes32, bytes32, bytes32, bytes32, uint32, uint32, uint128, bytes32, bytes32, bytes32, bytes32, uint64, uint64')

function wordsOf(r: Receipt): Hex[] {
  const encoded = encodeAbiParameters(fields, [r.baseId, r.adapterId, r.snapshotsHash, r.deploymentId, r.node, r.gateway, r.channelId, r.requestHash, r.outputHash, r.samplingHash, r.inputTokens, r.outputTokens, r.fee, r.profileHash, r.fingerprintRoot, r.attributionRoot, r.shareRoot, r.time, r.nonce])
  return Array.from({ length: words }, (_, i) => slice(encoded, 32 * i, 32 * (i + 1)))
}

/**
 * How two receipts are shown to Stakes: the first whole, of the second the words that differ.
 * @returns `runs`: 16 bits for each run of such words, from the lowest, the first word in the lower byte and their number in the upper one; in
 * the highest 16 bits the length of the first signature. `evidence`: these words, the first signature, the second one
 */
export function equivocationArguments(first: SignedReceipt, second: SignedReceipt): [Receipt, bigint, Hex] {
  const [a, b] = [wordsOf(first.receipt), wordsOf(second.receipt)]
  const changed: Hex[] = []
  let [runs, count, start] = [0n, 0n, -1]
  for (let i = 0; i <= words; i++) {
    const differs = i < words && a[i] !== b[i]
    if (differs) {
      if (start < 0) start = i
      changed.push(b[i] as Hex)
    } else if (start >= 0) {
      runs |= BigInt(start | ((i - start) << 8)) << (16n * count++)
      start = -1
    }
  }
  runs |= BigInt(size(first.signature)) << 240n
  return [first.receipt, runs, concat([...changed, first.signature, second.signature])]
}
