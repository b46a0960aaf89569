import { policy } from '../policy.ts'
import { log2Fixed } from './log2Fixed.ts'

/** The largest surprisal: 64 bits, in 1/1024 bit. */
export const maxSurprisal = 64 * policy.unitsPerBit

const word = new DataView(new ArrayBuffer(4))

/**
 * ⌈−1024·log2 p⌉ of a single-precision probability, exactly and in integers: p = m·2^e with m a whole number, so it is −1024·e − ⌊1024·log2 m⌋.
 * 0 for 1 and above (rounding in a softmax), at most 64 bits.
 */
export function surprisal(probability: number): number {
  if (!(probability > 0)) return maxSurprisal
  if (probability >= 1) return 0
  word.setFloat32(0, probability)
  const bits = word.getUint32(0)
  const exponent = Math.max(1, bits >>> 23)
  const mantissa = (bits & 0x7fffff) | (bits >>> 23 === 0 ? 0 : 0x800000)
  if (mantissa === 0) return maxSurprisal
  return Math.min(maxSurprisal, policy.unitsPerBit * (150 - exponent) - log2Fixed(mantissa))
}
