import { chunkSizes, OrderedTree, tableAtomLeaf, tableRoot, vectorLeaf, type Hex, type TableHeader } from '@openledger/protocol'
import type { InfluenceTable } from '../influence/InfluenceTable.ts'
import type { QuantizedVector } from '../influence/quantizeBlocks.ts'
import { methodHash } from '../policy.ts'

/** What a contract can open of an influence table; the trees hold hashes, not the values. */
export type TableCommitment = { root: Hex; header: TableHeader; atoms: OrderedTree; chunks: OrderedTree }

const known = new WeakMap<InfluenceTable, TableCommitment>()

/** The leaves of one vector: 4,096 values each. */
export function* vectorLeaves(vector: QuantizedVector): Generator<Uint8Array> {
  const count = Math.ceil(vector.values.length / chunkSizes.vector)
  for (let chunk = 0; chunk < count; chunk++) yield vectorLeaf(...chunkOf(vector, chunk))
}

/** The exponents and values of one chunk; views. */
export function chunkOf({ values, exponents }: QuantizedVector, chunk: number): [Int8Array, Int8Array] {
  const blocks = chunkSizes.vector / chunkSizes.block
  return [exponents.subarray(chunk * blocks, (chunk + 1) * blocks), values.subarray(chunk * chunkSizes.vector, (chunk + 1) * chunkSizes.vector)]
}

function* leavesOf(table: InfluenceTable): Generator<Uint8Array> {
  for (const atom of table.atoms) yield* vectorLeaves(atom)
}

/** Commits to an influence table; about 30 ms per MB the first time, and nothing for the same object again. */
export function tableCommitment(table: InfluenceTable): TableCommitment {
  const before = known.get(table)
  if (before) return before
  const atoms = new OrderedTree(table.atoms.map(tableAtomLeaf))
  const chunks = new OrderedTree(leavesOf(table))
  const header: TableHeader = {
    fileHash: table.hash,
    adapterId: table.adapterId,
    baseId: table.baseId,
    methodHash: methodHash(table.method),
    parameterCount: table.parameterCount,
    atomCount: table.atoms.length,
    atomsRoot: atoms.root,
    chunksRoot: chunks.root,
  }
  const commitment = { root: tableRoot(header), header, atoms, chunks }
  known.set(table, commitment)
  return commitment
}
