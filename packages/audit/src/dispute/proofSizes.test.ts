import { abiEncode, attributionHeaderSchema, OrderedTree, statementTypes, type StatementName } from '@openledger/protocol'
import { describe, expect, it } from 'vitest'
import { disputeWorld } from '../testing/disputeWorld.ts'
import { buildClaim, type DisputeRequest } from './buildDispute.ts'

const word = 32
/** A statement as a contract takes it: a word per field, and its signature. */
const statementBytes = (name: StatementName): number => word * statementTypes[name].length + 65
/** A leaf of so many words with its proof: index, count, and one word per level of the tree. */
const openingBytes = (words: number, leaves: number): number => word * (words + 2 + Math.ceil(Math.log2(leaves)))

/** What a claim takes as ABI words: bytes by their number, lists of symbols packed by four bytes, everything else a word. */
function claimBytes(value: unknown): number {
  if (typeof value === 'string' && value.startsWith('0x')) return word * Math.ceil((value.length - 2) / 64) + (value.length > 66 ? word : 0)
  if (Array.isArray(value) && value.length > 8 && typeof value[0] === 'number') return 2 * word + 4 * value.length
  if (typeof value !== 'object' || value === null) return word
  return Object.values(value).reduce((sum: number, item) => sum + claimBytes(item), 0)
}

describe('sizes of proofs', () => {
  it('an answer with its attribution, one contributor’s share and its line in an epoch of 10,000 answers take 3.1 of 5 kB', () => {
    const header = word * Object.keys(attributionHeaderSchema.shape).length
    const share = openingBytes(3, 256)
    const line = openingBytes(4, 200_000)
    const all = statementBytes('Receipt') + statementBytes('Attribution') + statementBytes('Deployment') + header + share + line
    expect(all).toBeGreaterThan(3_000)
    expect(all).toBeLessThan(3_200)
  })

  it('counts a proof as long as trees make it', () => {
    for (const leaves of [2, 3, 100, 586, 9376]) {
      const { siblings } = new OrderedTree(Array.from({ length: leaves }, (_, i) => abiEncode([i]))).prove(0)
      expect(word * (1 + 2 + siblings.length)).toBe(openingBytes(1, leaves))
    }
  })

  it('a claim takes 12 kB for a dot product, 2 kB for scores, words, sources, owners and order', async () => {
    const world = await disputeWorld()
    const size = (request: DisputeRequest): number => claimBytes(buildClaim(world, request))
    expect(size({ name: 'dot-product', atom: 1, chunk: 1 })).toBeLessThan(12_000)
    for (const name of ['score', 'span-words', 'span-source', 'record-owner', 'suffix-order'] as const) expect(size({ name }), name).toBeLessThan(2_000)
  })
})
