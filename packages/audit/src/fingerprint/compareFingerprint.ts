import { bfloatBits, exponentOf, mantissaOf } from './bfloat.ts'
import { fingerprintValues, largestPlaces, readFingerprint } from './activationFingerprint.ts'

/** How far a fingerprint lies from hidden states that were computed again: TOPLOC's three measures. */
export type FingerprintDistance = {
  /** Values of 128 whose sign or exponent differs. */
  exponents: number
  /** Among the others, the mean and the median difference of the mantissas, of 127; 128 where there are no others. */
  meanMantissa: number
  medianMantissa: number
}

/** Compares a claimed fingerprint with hidden states that were computed again, at the places that are largest there. @throws like `readFingerprint` */
export function compareFingerprint(claimed: Uint8Array, states: Float32Array): FingerprintDistance {
  const places = largestPlaces(states, fingerprintValues)
  const said = readFingerprint(claimed, places)
  const own = places.map((place) => bfloatBits(states[place]!))
  const apart = own.flatMap((bits, i) => (exponentOf(bits) === exponentOf(said[i]!) ? [Math.abs(mantissaOf(bits) - mantissaOf(said[i]!))] : []))
  if (apart.length === 0) return { exponents: fingerprintValues, meanMantissa: 128, medianMantissa: 128 }
  const sorted = apart.sort((a, b) => a - b)
  return { exponents: fingerprintValues - apart.length, meanMantissa: apart.reduce((sum, d) => sum + d, 0) / apart.length, medianMantissa: sorted[Math.floor(sorted.length / 2)]! }
}
