import { AtomScorer, type ScoredTable } from './AtomScorer.ts'
import type { QuantizedVector } from './quantizeBlocks.ts'

/** Exact scores: atom a's is `values[a] · 2^exponent` nats per token. The exponent is the largest for which all are integers; 0 when all are 0. */
export type Scores = { exponent: number; values: readonly bigint[] }

/** Sums of two block exponents lie in [−256, 254]. */
const lowestExponent = -256
const exponentSums = 512

/**
 * s_a = −⟨g, r_a⟩ for every atom, exactly: int8 products summed in int32 per block (`AtomScorer`), block sums of one exponent in a
 * double that stays an integer below 2⁵³, the exponents joined as bigint. No rounding anywhere.
 * @throws InputError BAD_QUERY when the query has another number of parameters
 */
export function scoreAtoms(table: ScoredTable, query: QuantizedVector): Scores {
  const raw = exactDots(table, query, AtomScorer.of(table).blockSums(query)).map((dot) => -dot)
  let spare = 1024
  for (const value of raw) if (value !== 0n) spare = Math.min(spare, trailingZeros(value))
  if (spare === 1024) return { exponent: 0, values: raw }
  return { exponent: lowestExponent + spare, values: raw.map((value) => value >> BigInt(spare)) }
}

/** ⟨g, r_a⟩ in units of 2^−256. */
function exactDots({ atoms }: ScoredTable, query: QuantizedVector, sums: Int32Array): bigint[] {
  const byExponent = new Float64Array(atoms.length * exponentSums)
  const exponents = atoms.map((atom) => atom.exponents)
  for (let block = 0, i = 0; block < query.exponents.length; block++) {
    const shift = query.exponents[block] - lowestExponent
    for (let a = 0; a < exponents.length; a++) byExponent[a * exponentSums + exponents[a][block] + shift] += sums[i++]
  }
  return atoms.map((_, a) => {
    let total = 0n
    for (let shift = 0; shift < exponentSums; shift++) {
      const sum = byExponent[a * exponentSums + shift]
      if (sum !== 0) total += BigInt(sum) << BigInt(shift)
    }
    return total
  })
}

function trailingZeros(value: bigint): number {
  let count = 0
  while ((value & 0xffffffffn) === 0n) {
    value >>= 32n
    count += 32
  }
  const low = Number(value & 0xffffffffn)
  return count + (31 - Math.clz32(low & -low))
}
