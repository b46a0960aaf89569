import { fail } from '@openledger/protocol'
import { policy } from '../policy.ts'
import type { InfluenceTable } from './InfluenceTable.ts'
import type { QuantizedVector } from './quantizeBlocks.ts'

/** Exact scores: atom a's is `values[a] · 2^exponent` nats per token. The exponent is the largest for which all are integers; 0 when all are 0. */
export type Scores = { exponent: number; values: readonly bigint[] }

/** Sums of two block exponents lie in [−256, 254]. */
const lowestExponent = -256

/**
 * s_a = −⟨g, r_a⟩ for every atom, exactly: int8 products summed in int32 per block (at most 1,024·127² < 2²⁵), block sums of one
 * exponent in a double that stays an integer below 2⁵³, the exponents joined as bigint. No rounding anywhere.
 * @throws InputError BAD_QUERY when the query has another number of parameters
 */
export function scoreAtoms(table: Pick<InfluenceTable, 'atoms' | 'parameterCount'>, query: QuantizedVector): Scores {
  if (query.values.length !== table.parameterCount) {
    fail('BAD_QUERY', `the query vector has ${query.values.length} parameters, the table ${table.parameterCount}`, { field: 'query' })
  }
  const raw = table.atoms.map((atom) => -exactDot(atom, query))
  let spare = 1024
  for (const value of raw) if (value !== 0n) spare = Math.min(spare, trailingZeros(value))
  if (spare === 1024) return { exponent: 0, values: raw }
  return { exponent: lowestExponent + spare, values: raw.map((value) => value >> BigInt(spare)) }
}

/** ⟨a, b⟩ in units of 2^−256. */
function exactDot(a: QuantizedVector, b: QuantizedVector): bigint {
  const byExponent = new Float64Array(512)
  const size = policy.blockSize
  for (let block = 0; block < a.exponents.length; block++) {
    const from = block * size
    const sum = dotBytes(a.values, b.values, from, Math.min(a.values.length, from + size))
    byExponent[a.exponents[block] + b.exponents[block] - lowestExponent] += sum
  }
  let total = 0n
  byExponent.forEach((sum, shift) => {
    if (sum !== 0) total += BigInt(sum) << BigInt(shift)
  })
  return total
}

function dotBytes(a: Int8Array, b: Int8Array, from: number, to: number): number {
  let sum = 0
  let more = 0
  let i = from
  for (; i + 3 < to; i += 4) {
    sum = (sum + Math.imul(a[i], b[i]) + Math.imul(a[i + 1], b[i + 1])) | 0
    more = (more + Math.imul(a[i + 2], b[i + 2]) + Math.imul(a[i + 3], b[i + 3])) | 0
  }
  for (; i < to; i++) sum = (sum + Math.imul(a[i], b[i])) | 0
  return sum + more
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
