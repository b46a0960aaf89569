import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { type Hex, toHex } from './bytes.ts'

/** keccak-256, 32 bytes: for whatever a contract may have to open. */
export function keccakBytes(bytes: Uint8Array): Uint8Array {
  return keccak_256(bytes)
}

/** keccak-256 as hexadecimal. */
export function keccak(bytes: Uint8Array): Hex {
  return toHex(keccak_256(bytes))
}

/** SHA-256 as hexadecimal: for files. */
export function sha256(bytes: Uint8Array): Hex {
  return toHex(nobleSha256(bytes))
}
