/** The largest prime below 2^16 that leaves room for every finite bfloat16 number's bits but the largest ones, as TOPLOC has it. */
export const fieldSize = 65_497

function power(base: number, exponent: number): number {
  let [result, square] = [1, base % fieldSize]
  for (let left = exponent; left > 0; left >>>= 1) {
    if (left & 1) result = (result * square) % fieldSize
    square = (square * square) % fieldSize
  }
  return result
}

/**
 * The polynomial over the integers modulo 65,497 that has given values at given places (Newton's divided differences), by rising power.
 * @param places distinct modulo the field size; @param values one for each, below the field size
 * @returns as many coefficients as places
 */
export function interpolate(places: readonly number[], values: readonly number[]): number[] {
  const n = places.length
  const differences = values.map((value) => value % fieldSize)
  for (let order = 1; order < n; order++) {
    for (let i = n - 1; i >= order; i--) {
      const rise = (differences[i]! - differences[i - 1]! + fieldSize) % fieldSize
      const run = (((places[i]! - places[i - order]!) % fieldSize) + fieldSize) % fieldSize
      differences[i] = (rise * power(run, fieldSize - 2)) % fieldSize
    }
  }
  // Horner over Newton's factors, multiplied out.
  let coefficients = [differences[n - 1] ?? 0]
  for (let i = n - 2; i >= 0; i--) {
    const next = Array.from({ length: coefficients.length + 1 }, () => 0)
    coefficients.forEach((coefficient, k) => {
      next[k + 1] = (next[k + 1]! + coefficient) % fieldSize
      next[k] = (next[k]! + (fieldSize - (places[i]! % fieldSize)) * coefficient) % fieldSize
    })
    next[0] = (next[0]! + differences[i]!) % fieldSize
    coefficients = next
  }
  return coefficients
}

/** A polynomial's value at a place. */
export function evaluate(coefficients: readonly number[], place: number): number {
  let value = 0
  for (let k = coefficients.length - 1; k >= 0; k--) value = (value * place + coefficients[k]!) % fieldSize
  return value
}
