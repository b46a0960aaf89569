import fc from 'fast-check'
import { concat, keccak256, pad, toHex as viemHex } from 'viem'
import { describe, expect, it } from 'vitest'
import { toHex, type Hex } from '../encoding/bytes.ts'
import { OrderedTree, verifyProof, type MerkleProof } from './OrderedTree.ts'

/** The same tree told from the top (as in RFC 6962): the left half is the largest power of two below the count. */
function naiveTop(leaves: readonly Uint8Array[]): Hex {
  if (leaves.length === 0) return pad('0x', { size: 32 })
  if (leaves.length === 1) return keccak256(concat(['0x00', toHex(leaves[0]!)]))
  let half = 1
  while (half * 2 < leaves.length) half *= 2
  return keccak256(concat(['0x01', naiveTop(leaves.slice(0, half)), naiveTop(leaves.slice(half))]))
}
const naiveRoot = (leaves: readonly Uint8Array[]): Hex => keccak256(concat(['0x02', naiveTop(leaves), viemHex(leaves.length, { size: 32 })]))

const leaf = fc.uint8Array({ maxLength: 100 })
const leaves = fc.array(leaf, { minLength: 1, maxLength: 40 })
const flip = (hex: Hex, at: number): Hex => {
  const i = 2 + (at % (hex.length - 2))
  return `${hex.slice(0, i)}${hex[i] === '0' ? '1' : '0'}${hex.slice(i + 1)}` as Hex
}

describe('OrderedTree', () => {
  it('has the root of an independent recursion, for every count', () => {
    for (let count = 0; count <= 70; count++) {
      const list = Array.from({ length: count }, (_, i) => Uint8Array.of(i, i >> 8))
      expect(new OrderedTree(list).root).toBe(naiveRoot(list))
    }
    fc.assert(fc.property(fc.array(leaf, { maxLength: 40 }), (list) => void expect(new OrderedTree(list).root).toBe(naiveRoot(list))))
  })

  it('proves every leaf in its place', () => {
    fc.assert(
      fc.property(leaves, (list) => {
        const tree = new OrderedTree(list)
        list.forEach((encoded, i) => {
          const proof = tree.prove(i)
          expect(proof).toMatchObject({ index: i, count: list.length })
          expect(verifyProof(tree.root, encoded, proof)).toBe(true)
        })
      }),
    )
  })

  it('refuses every tampered proof', () => {
    fc.assert(
      fc.property(leaves, fc.nat(), fc.nat(), (list, pick, at) => {
        const tree = new OrderedTree(list)
        const index = pick % list.length
        const encoded = list[index]!
        const proof = tree.prove(index)
        const { siblings } = proof
        const wrong: [string, Hex, Uint8Array, MerkleProof][] = [
          ['changed root', flip(tree.root, at), encoded, proof],
          ['longer leaf', tree.root, Uint8Array.of(...encoded, 0), proof],
          ['changed leaf', tree.root, encoded.length > 0 ? encoded.map((b, i) => (i === at % encoded.length ? b ^ 1 : b)) : Uint8Array.of(1), proof],
          ['count one more', tree.root, encoded, { ...proof, count: proof.count + 1 }],
          ['count one less', tree.root, encoded, { ...proof, count: proof.count - 1 }],
          ['count doubled', tree.root, encoded, { ...proof, count: proof.count * 2 }],
          ['extended', tree.root, encoded, { ...proof, siblings: [...siblings, toHex(new Uint8Array(32))] }],
          ['extended at the bottom', tree.root, encoded, { ...proof, siblings: [toHex(new Uint8Array(32)), ...siblings] }],
        ]
        for (const index of [proof.index - 1, proof.index + 1, proof.index ^ 2, proof.index + proof.count]) {
          wrong.push([`index ${index}`, tree.root, encoded, { ...proof, index }])
        }
        if (siblings.length > 0) {
          const k = at % siblings.length
          wrong.push(['truncated', tree.root, encoded, { ...proof, siblings: siblings.slice(0, -1) }])
          wrong.push(['changed sibling', tree.root, encoded, { ...proof, siblings: siblings.with(k, flip(siblings[k]!, at)) }])
          wrong.push(['short sibling', tree.root, encoded, { ...proof, siblings: siblings.with(k, '0x12') }])
        }
        for (const [name, root, data, changed] of wrong) {
          // Two equal leaves under one node: the sibling of one is the other's own hash, so either index is true.
          const twin = Buffer.from(list[changed.index] ?? []).equals(Buffer.from(encoded))
          if (name.startsWith('index') && changed.index >= 0 && changed.index < list.length && twin) continue
          expect(verifyProof(root, data, changed), `${name} of ${list.length} leaves at ${index}`).toBe(false)
        }
      }),
      { numRuns: 120 },
    )
  })

  it('never takes a node for a leaf', () => {
    const list = [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3), Uint8Array.of(4)]
    const tree = new OrderedTree(list)
    const hash = (i: number): Hex => keccak256(concat(['0x00', toHex(list[i]!)]))
    const inner = Buffer.from(concat([hash(0), hash(1)]).slice(2), 'hex')
    const top = tree.prove(0).siblings[1]!
    expect(verifyProof(tree.root, inner, { index: 0, count: 2, siblings: [top] })).toBe(false)
    expect(new OrderedTree([Uint8Array.of(1)]).root).not.toBe(new OrderedTree([Uint8Array.of(1), Uint8Array.of(1)]).root)
  })

  it('refuses numbers that are no places', () => {
    const tree = new OrderedTree([Uint8Array.of(1), Uint8Array.of(2)])
    for (const index of [-1, 2, 0.5, Number.NaN, Infinity]) {
      expect(() => tree.prove(index)).toThrow(expect.objectContaining({ code: 'BAD_INDEX' }))
      expect(verifyProof(tree.root, Uint8Array.of(1), { ...tree.prove(0), index })).toBe(false)
    }
    for (const count of [0, -2, 1.5, Number.NaN, Infinity, Number.MAX_SAFE_INTEGER]) {
      expect(verifyProof(tree.root, Uint8Array.of(1), { ...tree.prove(0), count })).toBe(false)
    }
  })
})
