import { checksumAddress, type Address } from 'viem'
import { fromHex, toHex, type Hex } from '../encoding/bytes.ts'
import { keccakBytes } from '../encoding/hash.ts'
import { ProofError } from '../errors/classes.ts'
import { fastestCurve } from './fastestCurve.ts'

/**
 * The account whose key signed a digest, with its checksum. Everything happens in this turn of the event loop.
 * @param signature 65 bytes r, s, v, where v is 27 or 28, or 0 or 1 @throws ProofError BAD_SIGNATURE when it is no signature
 */
export function recoverSigner(digest: Hex, signature: Hex): Address {
  const v = /^0x[0-9a-f]{128}(00|01|1b|1c)$/i.exec(signature)?.[1]
  if (v === undefined) throw new ProofError('BAD_SIGNATURE', 'a signature is 65 bytes r, s, v with v 27 or 28', { field: 'signature' })
  const bytes = fromHex(signature)
  try {
    const key = fastestCurve.recover(fromHex(digest), bytes.subarray(0, 64), (bytes[64]! % 27) & 1)
    return checksumAddress(toHex(keccakBytes(key.subarray(1)).subarray(12)))
  } catch (cause) {
    throw new ProofError('BAD_SIGNATURE', 'no key signs like this', { cause, field: 'signature' })
  }
}
