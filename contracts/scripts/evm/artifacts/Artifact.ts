import type { Abi, Hex } from 'viem'

/** Code as the compiler gave it, with the map from its instructions to the source. */
export type CompiledCode = { bytes: Uint8Array; sourceMap: string }

/** A contract as the compiler gave it. */
export type Artifact = {
  name: string
  /** The path of its source from the repository's root. */
  source: string
  abi: Abi
  creation: CompiledCode
  runtime: CompiledCode & {
    /** Where the constructor writes immutable values: start and length in bytes. */
    immutables: readonly { start: number; length: number }[]
  }
}

/** The bytes of a compiler's hex text without prefix. */
export const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replace(/^0x/, ''), 'hex'))

/** A hex text of bytes, as viem wants it. */
export const hexOf = (bytes: Uint8Array): Hex => `0x${Buffer.from(bytes).toString('hex')}`
