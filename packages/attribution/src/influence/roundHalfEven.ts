/** 1.5·2⁵²: adding it leaves no bit for a fraction, so IEEE 754 rounds to the nearest integer, ties to even. */
const shift = 6755399441055744

/** The nearest integer, ties to even; exact for |x| < 2⁵¹. */
export function roundHalfEven(x: number): number {
  return x + shift - shift
}
