import { policy } from '../policy.ts'

const bitLength = (x: bigint): number => {
  const hex = x.toString(16)
  return 4 * (hex.length - 1) + (32 - Math.clz32(Number.parseInt(hex[0], 16)))
}

/**
 * ⌊1024·log2 x⌋ for an integer x ≥ 1, exactly: x^1024 has that many bits, less one. No floating point takes part.
 */
export function log2Fixed(x: number): number {
  return bitLength(BigInt(x) ** BigInt(policy.unitsPerBit)) - 1
}
