import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { type Hex, toHex } from './bytes.ts'
import { loadNativeKeccak, type Keccak } from './loadNativeKeccak.ts'

/** In JavaScript until the faster one is there, and where there is none: both give the same bytes. */
let fastest: Keccak = keccak_256
void loadNativeKeccak().then((native) => (fastest = native ?? fastest))

/** keccak-256, 32 bytes: for whatever a contract may have to open. */
export function keccakBytes(bytes: Uint8Array): Uint8Array {
  return fastest(bytes)
}

/** keccak-256 as hexadecimal. */
export function keccak(bytes: Uint8Array): Hex {
  return toHex(fastest(bytes))
}

/** SHA-256 as hexadecimal: for files. */
export function sha256(bytes: Uint8Array): Hex {
  return toHex(nobleSha256(bytes))
}
