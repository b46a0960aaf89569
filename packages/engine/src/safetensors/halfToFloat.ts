/** Reads IEEE half-precision bits as numbers. */
export function halfToFloat(bits: Uint16Array): Float32Array {
  return Float32Array.from(bits, (half) => {
    const sign = half & 0x8000 ? -1 : 1
    const exponent = (half >> 10) & 31
    const fraction = half & 1023
    if (exponent === 0) return sign * fraction * 2 ** -24
    if (exponent === 31) return fraction ? NaN : sign * Infinity
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
  })
}

/** Reads bfloat16 bits as numbers. */
export function bfloatToFloat(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (half) => (half << 16) >>> 0).buffer)
}
