import { z } from 'zod'
import { count, hash32 } from '../../artefacts/fields.ts'
import type { Hex } from '../../encoding/bytes.ts'
import { verifyProof, type MerkleProof } from '../../merkle/OrderedTree.ts'

const proof = z.strictObject({ index: count, count, siblings: z.array(hash32).max(40) })

/** The schema of a leaf with its proof. */
export const opening = <T extends z.ZodType>(leaf: T) => z.strictObject({ leaf, proof })

/** A leaf with its proof. */
export type Opening<Leaf> = { leaf: Leaf; proof: MerkleProof }

/** Whether a leaf stands at its place of a tree of `size` leaves. A tree of another size does not hold what its header says: see `otherSize`. */
export function opens<Leaf>(root: Hex, { leaf, proof }: Opening<Leaf>, encode: (leaf: Leaf) => Uint8Array, index: number, size: number): boolean {
  return proof.index === index && proof.count === size && verifyProof(root, encode(leaf), proof)
}

/** Whether a valid proof shows that the tree has another number of leaves than its header implies. */
export function otherSize<Leaf>(root: Hex, { leaf, proof }: Opening<Leaf>, encode: (leaf: Leaf) => Uint8Array, size: number): boolean {
  return proof.count !== size && verifyProof(root, encode(leaf), proof)
}
