const scratch = new DataView(new ArrayBuffer(4))

/** The bits of a number in bfloat16, rounded to nearest, ties to even. @param value finite */
export function bfloatBits(value: number): number {
  scratch.setFloat32(0, value)
  const bits = scratch.getUint32(0)
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff
}

/** Sign and exponent of bfloat16 bits, as one number. */
export const exponentOf = (bits: number): number => bits >>> 7
/** The seven bits behind them. */
export const mantissaOf = (bits: number): number => bits & 127
