export type Hex = `0x${string}`

/** Bytes in hex. */
export function hexOf(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`
}

/** A number in hex without leading zeros, as JSON-RPC writes quantities. */
export function quantity(value: bigint | number): Hex {
  return `0x${value.toString(16)}`
}
