/** The quotient of two non-negative bigints, rounded up. */
export function ceilDivide(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b
}
