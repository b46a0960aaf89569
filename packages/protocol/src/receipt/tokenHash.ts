import { concatBytes, fromHex, type Hex } from '../encoding/bytes.ts'
import { keccak } from '../encoding/hash.ts'
import { fail } from '../errors/fail.ts'

/** A salted hash over token ids: keccak(salt ‖ each id as big-endian uint32). Without the salt it says nothing about the text. */
export function tokenHash(salt: Hex, tokens: readonly number[]): Hex {
  const salted = fromHex(salt)
  const bytes = new Uint8Array(salted.length + 4 * tokens.length)
  bytes.set(salted)
  const view = new DataView(bytes.buffer)
  let at = salted.length
  for (const token of tokens) {
    if (!Number.isInteger(token) || token < 0 || token > 0xffffffff) fail('BAD_TOKEN', 'token ids are unsigned 32-bit integers')
    view.setUint32(at, token)
    at += 4
  }
  return keccak(bytes)
}

/** The sampling seed: keccak(client nonce ‖ node commitment ‖ request hash), so that neither side chooses it. All are 32 bytes. */
export function samplingSeed(clientNonce: Hex, nodeCommitment: Hex, requestHash: Hex): Hex {
  return keccak(concatBytes(fromHex(clientNonce), fromHex(nodeCommitment), fromHex(requestHash)))
}

/** The nonce of one of several answers to one request: the client's nonce itself for the first, keccak(client nonce ‖ index as big-endian uint32) for each further one. */
export function choiceNonce(clientNonce: Hex, index: number): Hex {
  if (index === 0) return clientNonce
  const number = new DataView(new ArrayBuffer(4))
  number.setUint32(0, index)
  return keccak(concatBytes(fromHex(clientNonce), new Uint8Array(number.buffer)))
}

/** The commitment to a node's secret, published before the client's nonce is known: keccak(secret). */
export function nodeCommitment(secret: Hex): Hex {
  return keccak(fromHex(secret))
}
