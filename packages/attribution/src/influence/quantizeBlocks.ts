import { fail } from '@openledger/protocol'
import { policy } from '../policy.ts'
import { roundHalfEven } from './roundHalfEven.ts'

/** A vector as signed bytes: value i is `values[i] · 2^exponents[⌊i / 1024⌋]`. */
export type QuantizedVector = { values: Int8Array; exponents: Int8Array }

/** The smallest exponent of a block; a block of zeros has it. */
export const minExponent = -128

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

/** How many blocks a vector has. */
export const blockCount = (length: number): number => Math.ceil(length / policy.blockSize)

/**
 * Quantises a vector to int8 with one power-of-two scale per block of 1,024: the exponent e is the smallest one, not below −128, for
 * which every |x·2^−e| rounds to 127 or less; each value is x·2^−e rounded to the nearest integer, ties to even.
 * Every step is exact in double precision, so the same vector gives the same bytes everywhere.
 * @throws InputError NOT_FINITE for NaN or infinity
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
      if (!(size <= 3.5e38)) fail('NOT_FINITE', `element ${i} is ${vector[i]}`, { fix: 'look for a step that diverged' })
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
 * The first block that `quantizeBlocks` cannot have written, or -1: no value is −128, and a block whose exponent is above the
 * smallest one holds a value of 64 or more.
 */
export function firstBadBlock({ values, exponents }: QuantizedVector): number {
  if (exponents.length !== blockCount(values.length)) return 0
  for (let b = 0; b < exponents.length; b++) {
    let largest = 0
    for (const value of values.subarray(b * policy.blockSize, (b + 1) * policy.blockSize)) if (Math.abs(value) > largest) largest = Math.abs(value)
    if (largest > 127 || (largest < 64 && exponents[b] !== minExponent)) return b
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
