import { chunkSizes, OrderedTree, sumsLeaf } from '@openledger/protocol'
import { AtomScorer } from '../influence/AtomScorer.ts'
import type { InfluenceTable } from '../influence/InfluenceTable.ts'
import type { QuantizedVector } from '../influence/quantizeBlocks.ts'

/** ⟨g, r_a⟩ over the chunks up to and with each one, in 2^−128: one list per atom. */
export type RunningSums = readonly (readonly bigint[])[]

/**
 * The running sums of every atom, exactly. The last of each is minus its score.
 * @throws InputError BAD_QUERY when the query has another number of parameters
 */
export function runningSums(table: Pick<InfluenceTable, 'atoms' | 'parameterCount'>, query: QuantizedVector): RunningSums {
  const blockSums = AtomScorer.of(table).blockSums(query)
  const { length: count } = table.atoms
  return table.atoms.map((atom, a) => {
    const sums: bigint[] = []
    let total = 0n
    for (let block = 0; block < atom.exponents.length; block++) {
      const sum = blockSums[block * count + a]
      if (sum !== 0) total += BigInt(sum) << BigInt(atom.exponents[block] + query.exponents[block] + 128)
      if (((block + 1) * chunkSizes.block) % chunkSizes.vector === 0 || block === atom.exponents.length - 1) sums.push(total)
    }
    return sums
  })
}

/** The tree over running sums: for each chunk in order, up to 16 atoms to a leaf. */
export function sumsTree(sums: RunningSums): OrderedTree {
  return new OrderedTree(leavesOf(sums))
}

/** The sums of one leaf. */
export const sumsAt = (sums: RunningSums, chunk: number, group: number): bigint[] =>
  sums.slice(group * chunkSizes.atoms, (group + 1) * chunkSizes.atoms).map((ofAtom) => ofAtom[chunk])

function* leavesOf(sums: RunningSums): Generator<Uint8Array> {
  const groups = Math.ceil(sums.length / chunkSizes.atoms)
  for (let chunk = 0; chunk < (sums[0]?.length ?? 0); chunk++) for (let group = 0; group < groups; group++) yield sumsLeaf(sumsAt(sums, chunk, group))
}
