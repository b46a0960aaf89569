import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { create } from 'multiformats/hashes/digest'
import { fail } from '../errors/fail.ts'
import { fromHex, toHex, type Hex } from './bytes.ts'
import { sha256 } from './hash.ts'

const sha2256 = 0x12

/** The CIDv1 (raw codec, SHA-256, base32) of a file's SHA-256 digest. */
export function cidOfDigest(digest: Hex): string {
  const bytes = fromHex(digest)
  if (bytes.length !== 32) fail('BAD_CID', `a SHA-256 digest has 32 bytes, not ${bytes.length}`)
  return CID.createV1(raw.code, create(sha2256, bytes)).toString()
}

/** The CIDv1 (raw codec, SHA-256, base32) of bytes. */
export function cidOf(bytes: Uint8Array): string {
  return cidOfDigest(sha256(bytes))
}

/** The SHA-256 digest inside a CIDv1; fails with BAD_CID on another codec or hash. */
export function digestOfCid(text: string): Hex {
  let cid: CID
  try {
    cid = CID.parse(text)
  } catch (cause) {
    fail('BAD_CID', `"${text.slice(0, 80)}" is not a CID`, { cause })
  }
  if (cid.version !== 1 || cid.code !== raw.code || cid.multihash.code !== sha2256 || cid.multihash.size !== 32) {
    fail('BAD_CID', 'expected CIDv1 with the raw codec and SHA-256')
  }
  return toHex(cid.multihash.digest)
}
