import { policy } from '../policy.ts'
import type { InfluenceTable } from './InfluenceTable.ts'
import type { QuantizedVector } from './quantizeBlocks.ts'

/** What the kernel `sumBlocks` computes, in TypeScript: its reference, and its stand-in where there is no WebAssembly. Fills and returns `sums`. */
export function sumBlocksPlainly({ atoms, parameterCount }: Pick<InfluenceTable, 'atoms' | 'parameterCount'>, query: QuantizedVector, sums: Int32Array): Int32Array {
  atoms.forEach(({ values }, a) => {
    for (let from = 0, block = 0; from < parameterCount; from += policy.blockSize, block++) {
      let sum = 0
      for (let i = from; i < Math.min(parameterCount, from + policy.blockSize); i++) sum = (sum + Math.imul(values[i], query.values[i])) | 0
      sums[block * atoms.length + a] = sum
    }
  })
  return sums
}
