/** Whether no value is infinite or not a number: no exponent has all bits set. */
export function allFinite(values: Float32Array): boolean {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  for (let index = 0; index < bits.length; index++) if ((bits[index]! & 0x7f800000) === 0x7f800000) return false
  return true
}
