import { EigenvalueDecomposition, Matrix } from 'ml-matrix'

/** One low-rank matrix [rows, columns] of the adapter: where it stands in the flat parameters, and its two Kronecker factors. */
export type KroneckerBlock = { from: number; rows: number; columns: number; /** [rows, rows]: gradients of the output. */ left: Float64Array; /** [columns, columns]: inputs. */ right: Float64Array }

/** Rotates gradients into the eigenbasis of the Kronecker factors; made once, used for examples and queries alike. */
export class KroneckerBasis {
  readonly blocks: readonly KroneckerBlock[]
  private readonly bases: { left: Float64Array; right: Float64Array }[]

  constructor(blocks: readonly KroneckerBlock[]) {
    this.blocks = blocks
    this.bases = blocks.map(({ rows, columns, left, right }) => ({ left: eigenvectors(left, rows), right: eigenvectors(right, columns) }))
  }

  /** Lᵀ G R of every block, in the place of G; a new array. */
  rotate(gradient: Float32Array): Float32Array {
    const out = new Float32Array(gradient.length)
    this.blocks.forEach(({ from, rows, columns }, i) => {
      const { left, right } = this.bases[i]
      const middle = new Float64Array(rows * columns)
      for (let r = 0; r < rows; r++) {
        for (let k = 0; k < columns; k++) {
          const g = gradient[from + r * columns + k]
          if (g !== 0) for (let c = 0; c < columns; c++) middle[r * columns + c] += g * right[k * columns + c]
        }
      }
      const turned = new Float64Array(rows * columns)
      for (let k = 0; k < rows; k++) {
        for (let r = 0; r < rows; r++) {
          const l = left[k * rows + r]
          for (let c = 0; c < columns; c++) turned[r * columns + c] += l * middle[k * columns + c]
        }
      }
      out.set(turned, from)
    })
    return out
  }
}

/**
 * The eigenvalue correction (George et al. 2018): mean squares of the rotated gradients, plus `damping` times their mean in the block.
 * Divide one side of an inner product of rotated gradients by it to get the EK-FAC influence (Grosse et al. 2023).
 */
export function correctedEigenvalues(rotated: readonly Float32Array[], blocks: readonly KroneckerBlock[], damping: number): Float64Array {
  const out = new Float64Array(rotated[0].length)
  for (const row of rotated) for (let i = 0; i < out.length; i++) out[i] += (row[i] * row[i]) / rotated.length
  for (const { from, rows, columns } of blocks) {
    const block = out.subarray(from, from + rows * columns)
    let mean = 0
    for (let i = 0; i < block.length; i++) mean += block[i] / block.length
    for (let i = 0; i < block.length; i++) block[i] += damping * mean
  }
  return out
}

/** Eigenvectors of a symmetric matrix as columns. */
function eigenvectors(values: Float64Array, size: number): Float64Array {
  const { eigenvectorMatrix } = new EigenvalueDecomposition(Matrix.from1DArray(size, size, values), { assumeSymmetric: true })
  return Float64Array.from(eigenvectorMatrix.to1DArray())
}
