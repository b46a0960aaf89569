import { fail } from '@openledger/protocol'
import { bfloatBits } from './bfloat.ts'
import { evaluate, fieldSize, interpolate } from './fieldPolynomial.ts'

/** Tokens that one fingerprint stands for, and how many of their values it holds. */
export const fingerprintTokens = 32
export const fingerprintValues = 128
/** Two bytes for the modulus of places, two for each coefficient. */
export const fingerprintBytes = 2 + 2 * fingerprintValues

/** The places of the values that are largest without their sign, smaller places first on a tie. */
export function largestPlaces(states: Float32Array, count: number): number[] {
  return Array.from(states.keys())
    .sort((i, j) => Math.abs(states[j]!) - Math.abs(states[i]!) || i - j)
    .slice(0, count)
}

/** The largest modulus under which places stay apart. */
function modulusOf(places: readonly number[]): number {
  for (let modulus = fieldSize; modulus >= places.length; modulus--) if (new Set(places.map((place) => place % modulus)).size === places.length) return modulus
  return fail('NO_MODULUS', 'no modulus keeps these places apart', { action: 'stop' })
}

/**
 * The fingerprint of a few tokens' final hidden states, as TOPLOC (Ong et al. 2025, arXiv 2501.16007) encodes it: the polynomial over GF(65497) that has, at the places of
 * the largest values, their bfloat16 bits. Who computed nearly the same finds nearly the same values at its own largest places; who computed another thing finds noise.
 * @param states hidden states of at most 32 tokens, one row after the other, finite; at least 128 values
 * @returns 258 bytes: modulus and coefficients, big-endian
 */
export function encodeFingerprint(states: Float32Array): Uint8Array {
  if (states.length < fingerprintValues || states.some((value) => !Number.isFinite(value))) fail('BAD_STATES', `a fingerprint takes at least ${fingerprintValues} finite values`, { field: 'states' })
  const places = largestPlaces(states, fingerprintValues)
  const modulus = modulusOf(places)
  const coefficients = interpolate(places.map((place) => place % modulus), places.map((place) => bfloatBits(states[place]!)))
  const bytes = new DataView(new ArrayBuffer(fingerprintBytes))
  bytes.setUint16(0, modulus)
  coefficients.forEach((coefficient, k) => bytes.setUint16(2 + 2 * k, coefficient))
  return new Uint8Array(bytes.buffer)
}

/**
 * What a fingerprint says that the values at given places are.
 * @returns bfloat16 bits, one for each place
 * @throws InputError BAD_FINGERPRINT for another length, a modulus outside 128 to 65,497, or coefficients outside the field
 */
export function readFingerprint(bytes: Uint8Array, places: readonly number[]): number[] {
  if (bytes.length !== fingerprintBytes) fail('BAD_FINGERPRINT', `a fingerprint has ${fingerprintBytes} bytes, not ${bytes.length}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const modulus = view.getUint16(0)
  const coefficients = Array.from({ length: fingerprintValues }, (_, k) => view.getUint16(2 + 2 * k))
  if (modulus < fingerprintValues || modulus > fieldSize || coefficients.some((c) => c >= fieldSize)) fail('BAD_FINGERPRINT', 'the fingerprint’s numbers are outside their field')
  return places.map((place) => evaluate(coefficients, place % modulus))
}
