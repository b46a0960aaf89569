import { createHash } from 'node:crypto'
import { toHex, type Hex } from '@openledger/protocol'

/** SHA-256 of a large file's bytes, as lower-case hexadecimal; its CID is `cidOfDigest` of it. */
export function fileHash(bytes: Uint8Array): Hex {
  return toHex(createHash('sha256').update(bytes).digest())
}
