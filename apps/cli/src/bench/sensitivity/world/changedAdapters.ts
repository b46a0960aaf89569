import { makeAdapter, type Adapter, type AdapterBase, type AdapterPair } from '@openledger/engine'
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'

/** Eigenvectors of a symmetric matrix as columns, by falling eigenvalue. */
function eigen(matrix: Matrix): { values: number[]; vectors: Matrix } {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true })
  const order = realEigenvalues.map((_, i) => i).sort((i, j) => realEigenvalues[j]! - realEigenvalues[i]!)
  return { values: order.map((i) => realEigenvalues[i]!), vectors: eigenvectorMatrix.subMatrixColumn(order) }
}

/**
 * The factors of the matrix of rank k that lies nearest to b·a (Eckart and Young 1936). With a = U·√S·Q by the eigenvectors of a·aᵀ, and C = b·U·√S, the right singular
 * vectors V of C give b' = C·V_k and a' = V_kᵀ·Q: nothing larger than rank × rank is decomposed.
 */
function truncated({ rank, input, output, a, b, scale }: AdapterPair, k: number): AdapterPair {
  const [rows, columns] = [Matrix.from1DArray(rank, input, Array.from(a)), Matrix.from1DArray(output, rank, Array.from(b))]
  const left = eigen(rows.mmul(rows.transpose()))
  const root = left.values.map((value) => Math.sqrt(Math.max(value, 1e-30)))
  const q = Matrix.diag(root.map((r) => 1 / r)).mmul(left.vectors.transpose()).mmul(rows)
  const c = columns.mmul(left.vectors).mmul(Matrix.diag(root))
  const kept = eigen(c.transpose().mmul(c)).vectors.subMatrix(0, rank - 1, 0, k - 1)
  return { rank: k, input, output, a: Float32Array.from(kept.transpose().mmul(q).to1DArray()), b: Float32Array.from(c.mmul(kept).to1DArray()), scale }
}

/** An adapter cut to half of its rank, each module to its best approximation, at the same scale: who computes with half of an adapter hides it best like this. */
export function halveRank(adapter: Adapter, base: AdapterBase): Adapter {
  const { config } = adapter
  const rank = Math.max(1, Math.floor(config.rank / 2))
  const layers = adapter.layers.map((modules) => Object.fromEntries(Object.entries(modules).map(([module, pair]) => [module, truncated(pair, rank)])))
  return makeAdapter({ ...config, rank, alpha: (config.alpha * rank) / config.rank }, layers, base)
}

/** An adapter that acts at another strength. */
export function scaleAlpha(adapter: Adapter, factor: number, base: AdapterBase): Adapter {
  return makeAdapter({ ...adapter.config, alpha: adapter.config.alpha * factor }, adapter.layers, base)
}
