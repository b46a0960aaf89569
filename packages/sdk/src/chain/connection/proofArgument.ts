import type { Hex, MerkleProof } from '@openledger/protocol'

/** A Merkle proof as the contracts take it. */
export function proofArgument(proof: MerkleProof): { index: bigint; count: bigint; siblings: readonly Hex[] } {
  return { index: BigInt(proof.index), count: BigInt(proof.count), siblings: proof.siblings }
}
