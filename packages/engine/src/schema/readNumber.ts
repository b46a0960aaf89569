import { DecimalScanner, type DecimalRange, largestDecimal } from './scanners/DecimalScanner.ts'
import { schemaError } from './schemaError.ts'
import type { SchemaObject } from './schemaKeywords.ts'

/** Most digits after the point. */
const fractionDigits = 15

/** A finite double as a fraction: numerator over a power of two. */
function exactly(value: number): { numerator: bigint; denominator: bigint } {
  let [numerator, denominator] = [value, 1n]
  while (!Number.isInteger(numerator)) {
    numerator *= 2
    denominator *= 2n
  }
  return { numerator: BigInt(numerator), denominator }
}

function floorOf(value: number, units: bigint): bigint {
  const { numerator, denominator } = exactly(value)
  const product = numerator * units
  return product / denominator - (product % denominator < 0n ? 1n : 0n)
}

/** The double next above a finite one. */
function above(value: number): number {
  if (value === 0) return Number.MIN_VALUE
  const bits = new BigInt64Array(Float64Array.of(value).buffer)
  bits[0]! += value > 0 ? 1n : -1n
  return new Float64Array(bits.buffer)[0]!
}

/**
 * The numbers that a schema allows. Exclusive bounds become the next double inside, so that a text rounds to a number within them.
 * @param whole integers only
 */
export function readNumber(schema: SchemaObject, whole: boolean, path: string): DecimalScanner {
  const bound = (keyword: string): number | undefined => {
    const value = schema[keyword]
    if (value === undefined || typeof value === 'number') return value
    return schemaError(path, `"${keyword}" must be a number`)
  }
  const multiple = bound('multipleOf') ?? 1
  const byMultiples = schema.multipleOf !== undefined
  if (multiple <= 0 || !Number.isSafeInteger(multiple)) schemaError(path, '"multipleOf" is supported for whole numbers above 0 only')
  const fraction = whole || byMultiples ? 0 : fractionDigits
  const units = 10n ** BigInt(fraction)
  const largest = fraction === 0 ? BigInt(Number.MAX_SAFE_INTEGER) : largestDecimal(fraction)
  const range: DecimalRange = { min: -largest, max: largest, fraction, multiple: BigInt(multiple) }
  const atLeast = (value: number): void => {
    const least = -floorOf(-value, units)
    if (least > range.min) range.min = least
  }
  const atMost = (value: number): void => {
    const most = floorOf(value, units)
    if (most < range.max) range.max = most
  }
  const [minimum, maximum, over, under] = [bound('minimum'), bound('maximum'), bound('exclusiveMinimum'), bound('exclusiveMaximum')]
  if (minimum !== undefined) atLeast(minimum)
  if (maximum !== undefined) atMost(maximum)
  if (over !== undefined) atLeast(above(over))
  if (under !== undefined) atMost(-above(-under))
  return new DecimalScanner(range)
}
