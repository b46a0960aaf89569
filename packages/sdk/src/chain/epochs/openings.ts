import type { Balance, Hex, Line, MerkleProof, ReceiptLeaf, Share } from '@openledger/protocol'
import { proofArgument } from '../connection/proofArgument.ts'

/** A line of an epoch with the proof of its place. */
export type LineOpening = { line: Line; proof: MerkleProof }

/** A balance of an epoch with the proof of its place. */
export type BalanceOpening = { balance: Balance; proof: MerkleProof }

/** A receipt of an epoch with the proof of its place. */
export type ReceiptOpening = { leaf: ReceiptLeaf; proof: MerkleProof }

/** A share of a receipt with the proof of its place. */
export type ShareOpening = { share: Share; proof: MerkleProof }

type Proof = { index: bigint; count: bigint; siblings: readonly Hex[] }

/** A line opening as the contracts take it. */
export function lineArgument({ line, proof }: LineOpening): { line: Line; proof: Proof } {
  return { line, proof: proofArgument(proof) }
}

/** A balance opening as the contracts take it. */
export function balanceArgument({ balance, proof }: BalanceOpening): { balance: Balance; proof: Proof } {
  return { balance, proof: proofArgument(proof) }
}

/** A receipt opening as the contracts take it. */
export function receiptArgument({ leaf, proof }: ReceiptOpening): { leaf: ReceiptLeaf; proof: Proof } {
  return { leaf, proof: proofArgument(proof) }
}

/** A share opening as the contracts take it. */
export function shareArgument({ share, proof }: ShareOpening): { share: Share; proof: Proof } {
  return { share, proof: proofArgument(proof) }
}
