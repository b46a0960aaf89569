/** A dense matrix, row by row. */
export type Dense = { rows: number; columns: number; data: Float64Array }

/** A range of parameters that one matrix of the adapter takes. */
export type Block = { from: number; to: number }

const chunk = 8192

/**
 * Inner products of all rows of `a` with all rows of `b` over one range of their entries, in double precision.
 * @param symmetric says that a and b are the same rows, so that half of the products are enough
 */
export function gram(a: readonly Float32Array[], b: readonly Float32Array[], { from, to }: Block, symmetric = false): Dense {
  const data = new Float64Array(a.length * b.length)
  for (let start = from; start < to; start += chunk) {
    const end = Math.min(to, start + chunk)
    for (let i = 0; i < a.length; i++) {
      for (let j = symmetric ? i : 0; j < b.length; j++) data[i * b.length + j] += dotRange(a[i], b[j], start, end)
    }
  }
  if (symmetric) for (let i = 0; i < a.length; i++) for (let j = 0; j < i; j++) data[i * b.length + j] = data[j * b.length + i]
  return { rows: a.length, columns: b.length, data }
}

/** Sum of matrices of one shape. */
export function addDense(matrices: readonly Dense[]): Dense {
  const { rows, columns } = matrices[0]
  const data = new Float64Array(rows * columns)
  for (const matrix of matrices) for (let i = 0; i < data.length; i++) data[i] += matrix.data[i]
  return { rows, columns, data }
}

/** The rows of a matrix, without copying. */
export function denseRows({ rows, columns, data }: Dense): Float64Array[] {
  return Array.from({ length: rows }, (_, i) => data.subarray(i * columns, (i + 1) * columns))
}

export function dotRange(x: Float32Array, y: Float32Array, from: number, to: number): number {
  let [a, b, c, d] = [0, 0, 0, 0]
  let i = from
  for (; i + 3 < to; i += 4) {
    a += x[i] * y[i]
    b += x[i + 1] * y[i + 1]
    c += x[i + 2] * y[i + 2]
    d += x[i + 3] * y[i + 3]
  }
  for (; i < to; i++) a += x[i] * y[i]
  return a + b + c + d
}
