import { fail } from '@openledger/protocol'
import { policy } from '../policy.ts'
import { roundHalfEven } from './roundHalfEven.ts'

/** A vector as signed bytes: value i is `values[i] · 2^exponents[⌊i / 1024⌋]`. */
export type QuantizedVector = { values: Int8Array; exponents: Int8Array }

/** The smallest exponent of a block; a block of zeros has it. What is below 2^−65 rounds to 0. */
export const minExponent = policy.exponents[0]
/** The largest one: a value above 127.5 · 2^32 is refused. With these bounds every exact score is a whole number of 2^−128 that fits 256 bits, so that a contract can compute it. */
export const maxExponent = policy.exponents[1]

const word = new DataView(new ArrayBuffer(8))

/** ⌊log2 x⌋ of a normal double above 0, read from its bits. */
function binaryExponent(x: number): number {
  word.setFloat64(0, x)
  return ((word.getUint32(0) >>> 20) & 0x7ff) - 1023
}

/** 2^e exactly, for −1022 ≤ e ≤ 1023. */
export function powerOfTwo(e: number): number {
  word.setUint32(0, (e + 1023) << 20)
  word.setUint32(4, 0)
  return word.getFloat64(0)
}

/** The largest size that rounds to 127 under the largest exponent. */
const largestValue = 127 * powerOfTwo(maxExponent)

/** How many blocks a vector has. */
export const blockCount = (length: number): number => Math.ceil(length / policy.blockSize)

/**
 * Quantises a vector to int8 with one power-of-two scale per block of 1,024: the exponent e is the smallest one, not below −64, for
 * which every |x·2^−e| rounds to 127 or less; each value is x·2^−e rounded to the nearest integer, ties to even.
 * Every step is exact in double precision, so the same vector gives the same bytes everywhere.
 * @throws InputError NOT_FINITE for NaN, infinity and values of more than 5·10¹¹, which a step that diverged leaves behind
 */
export function quantizeBlocks(vector: Float32Array): QuantizedVector {
  const values = new Int8Array(vector.length)
  const exponents = new Int8Array(blockCount(vector.length))
  for (let b = 0; b < exponents.length; b++) {
    const from = b * policy.blockSize
    const to = Math.min(vector.length, from + policy.blockSize)
    let largest = 0
    for (let i = from; i < to; i++) {
      const size = Math.abs(vector[i])
      if (!(size <= largestValue)) fail('NOT_FINITE', `element ${i} is ${vector[i]}`, { fix: 'look for a step that diverged' })
      if (size > largest) largest = size
    }
    let exponent = largest === 0 ? minExponent : Math.max(minExponent, binaryExponent(largest) - 6)
    if (roundHalfEven(largest * powerOfTwo(-exponent)) > 127) exponent++
    exponents[b] = exponent
    const scale = powerOfTwo(-exponent)
    for (let i = from; i < to; i++) values[i] = roundHalfEven(vector[i] * scale)
  }
  return { values, exponents }
}

/**
 * The first block that `quantizeBlocks` cannot have written, or -1: no value is −128, exponents lie within their bounds, and a block
 * whose exponent is above the smallest one holds a value of 64 or more.
 */
export function firstBadBlock({ values, exponents }: QuantizedVector): number {
  if (exponents.length !== blockCount(values.length)) return 0
  for (let b = 0; b < exponents.length; b++) {
    let largest = 0
    for (const value of values.subarray(b * policy.blockSize, (b + 1) * policy.blockSize)) if (Math.abs(value) > largest) largest = Math.abs(value)
    if (largest > 127 || exponents[b] < minExponent || exponents[b] > maxExponent || (largest < 64 && exponents[b] !== minExponent)) return b
  }
  return -1
}

/** Adds `factor` times the vector that the bytes stand for to `target`, in double precision. */
export function addQuantized(target: Float64Array, { values, exponents }: QuantizedVector, factor = 1): void {
  for (let b = 0; b < exponents.length; b++) {
    const scale = factor * powerOfTwo(exponents[b])
    const to = Math.min(values.length, (b + 1) * policy.blockSize)
    for (let i = b * policy.blockSize; i < to; i++) target[i] += values[i] * scale
  }
}
