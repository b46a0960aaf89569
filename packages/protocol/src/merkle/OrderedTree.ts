import { concatBytes, fromHex, toHex, type Hex } from '../encoding/bytes.ts'
import { keccakBytes } from '../encoding/hash.ts'
import { fail } from '../errors/fail.ts'

/** An inclusion proof: the leaf's place, the number of leaves, and the siblings from the bottom up. */
export type MerkleProof = { index: number; count: number; siblings: Hex[] }

const leafTag = Uint8Array.of(0)
const rootTag = Uint8Array.of(2)

/** What hashes of nodes and of small leaves are taken of, written anew for each: trees are made of many, and memory of this size is asked for outside of the heap. */
const node = Uint8Array.of(1, ...new Uint8Array(64))
const leaf = new Uint8Array(1 + 160)

function leafHash(encoded: Uint8Array): Uint8Array {
  if (encoded.length >= leaf.length) return keccakBytes(concatBytes(leafTag, encoded))
  leaf.set(encoded, 1)
  return keccakBytes(leaf.subarray(0, 1 + encoded.length))
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  node.set(left, 1)
  node.set(right, 33)
  return keccakBytes(node)
}

function rootHash(top: Uint8Array, count: number): Hex {
  const word = new Uint8Array(32)
  new DataView(word.buffer).setBigUint64(24, BigInt(count))
  return toHex(keccakBytes(concatBytes(rootTag, top, word)))
}

/**
 * A Merkle tree whose leaves keep their order, so that neighbours prove absence.
 * Leaf `keccak(0x00 ‖ encoded)`, node `keccak(0x01 ‖ left ‖ right)`, odd nodes promoted,
 * root `keccak(0x02 ‖ top ‖ uint256 count)`. The top of an empty tree is 32 zero bytes.
 */
export class OrderedTree {
  readonly root: Hex
  readonly count: number
  readonly #levels: Uint8Array[][]

  /** @param leaves each leaf as its ABI encoding, in order; taken one by one, so that a generator need not hold them all */
  constructor(leaves: Iterable<Uint8Array>) {
    this.#levels = [Array.from(leaves, leafHash)]
    let level = this.#levels[0]!
    this.count = level.length
    while (level.length > 1) {
      const next: Uint8Array[] = []
      for (let i = 0; i < level.length; i += 2) {
        next.push(i + 1 < level.length ? nodeHash(level[i]!, level[i + 1]!) : level[i]!)
      }
      this.#levels.push(next)
      level = next
    }
    this.root = rootHash(level[0] ?? new Uint8Array(32), this.count)
  }

  /** The proof that a leaf stands at `index`; fails with BAD_INDEX outside the tree. */
  prove(index: number): MerkleProof {
    if (!Number.isInteger(index) || index < 0 || index >= this.count) fail('BAD_INDEX', `the tree has ${this.count} leaves`)
    const siblings: Hex[] = []
    let at = index
    for (const level of this.#levels.slice(0, -1)) {
      const sibling = level[at ^ 1]
      if (sibling !== undefined) siblings.push(toHex(sibling))
      at >>= 1
    }
    return { index, count: this.count, siblings }
  }
}

/** Whether `encoded` is the leaf that `proof` places under `root`. Never throws on a malformed proof: it is just not a proof. */
export function verifyProof(root: Hex, encoded: Uint8Array, proof: MerkleProof): boolean {
  const { index, count, siblings } = proof
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(count) || index < 0 || index >= count) return false
  if (!siblings.every((s) => /^0x[0-9a-f]{64}$/i.test(s))) return false
  let hash = leafHash(encoded)
  let used = 0
  let at = index
  for (let width = count; width > 1; width = Math.ceil(width / 2), at = Math.floor(at / 2)) {
    if (at % 2 === 0 && at + 1 >= width) continue
    const sibling = siblings[used++]
    if (sibling === undefined) return false
    hash = at % 2 === 0 ? nodeHash(hash, fromHex(sibling)) : nodeHash(fromHex(sibling), hash)
  }
  return used === siblings.length && rootHash(hash, count).toLowerCase() === root.toLowerCase()
}
