import { chunkOf, queryCommitment, runningSums, scoresOf, sumsAt, sumsTree, tableCommitment, attributionCommitment, type QuantizedVector, type RunningSums } from '@openledger/attribution'
import { chunkSizes, fail, placeOfSums, toHex, type DisputeClaim, type OrderedTree, type Sums, type VectorChunk } from '@openledger/protocol'
import type { DisputeMaterial } from './DisputeMaterial.ts'

const bytesOf = (values: Int8Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
const chunkAt = (vector: QuantizedVector, chunk: number): VectorChunk => {
  const [exponents, values] = chunkOf(vector, chunk)
  return { exponents: toHex(bytesOf(exponents)), values: toHex(bytesOf(values)) }
}

function checkAtom({ table }: DisputeMaterial, atom: number): void {
  if (!Number.isInteger(atom) || atom < 0 || atom >= table.atoms.length) fail('NO_SUCH_ATOM', `the table has atoms 0 to ${table.atoms.length - 1}`, { field: 'atom' })
}

/** The sums that the document commits to: those that follow from the files unless others were given. */
export const claimedSums = (material: DisputeMaterial): RunningSums => material.claimed?.sums ?? rightSums(material)

/** The sums that follow from the files; zeros where vectors of different lengths have none. */
const rightSums = ({ table, query }: DisputeMaterial): RunningSums =>
  runningSums(table, query.values.length === table.parameterCount ? query : { values: new Int8Array(table.parameterCount), exponents: new Int8Array(table.atoms[0]!.exponents.length) })

const openSums = (sums: RunningSums, tree: OrderedTree, atom: number, chunk: number, table: DisputeMaterial['table']): { leaf: Sums; proof: ReturnType<OrderedTree['prove']> } => ({
  leaf: { sums: sumsAt(sums, chunk, Math.floor(atom / chunkSizes.atoms)) },
  proof: tree.prove(placeOfSums(atom, chunk, { atomCount: table.atoms.length, parameterCount: table.parameterCount }).index),
})

/**
 * Opens one step of an atom's running sum.
 * @param chunk which 4,096 values; default the first whose step is wrong, or the first of all
 */
export function claimDotProduct(material: DisputeMaterial, atom: number, chunk?: number): DisputeClaim {
  checkAtom(material, atom)
  const { table, query } = material
  const [shown, right] = [claimedSums(material), rightSums(material)]
  const step = (sums: RunningSums, c: number): bigint => sums[atom]![c]! - (c === 0 ? 0n : sums[atom]![c - 1]!)
  const wrong = right[atom]!.findIndex((_, c) => step(shown, c) !== step(right, c))
  const at = chunk ?? Math.max(0, wrong)
  const chunks = right[atom]!.length
  if (!Number.isInteger(at) || at < 0 || at >= chunks) fail('NO_SUCH_CHUNK', `the vectors have chunks 0 to ${chunks - 1}`, { field: 'chunk' })
  const [tableTrees, queryTrees, tree] = [tableCommitment(table), queryCommitment(query), sumsTree(shown)]
  return {
    name: 'dot-product',
    table: tableTrees.header,
    query: queryTrees.header,
    atom,
    chunk: at,
    tableChunk: { leaf: chunkAt(table.atoms[atom]!, at), proof: tableTrees.chunks.prove(atom * chunks + at) },
    queryChunk: { leaf: chunkAt(query, at), proof: queryTrees.chunks.prove(Math.min(at, queryTrees.chunks.count - 1)) },
    before: at === 0 ? null : openSums(shown, tree, atom, at - 1, table),
    after: openSums(shown, tree, atom, at, table),
  }
}

/** Opens an atom's score and its last running sum. */
export function claimScore(material: DisputeMaterial, atom: number): DisputeClaim {
  checkAtom(material, atom)
  const { table, document } = material
  const sums = claimedSums(material)
  return {
    name: 'score',
    table: tableCommitment(table).header,
    atom,
    score: { leaf: { score: scoresOf(document)[atom]! }, proof: attributionCommitment(document).scores.prove(atom) },
    last: openSums(sums, sumsTree(sums), atom, sums[atom]!.length - 1, table),
  }
}
