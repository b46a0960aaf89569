/**
 * ECDSA over secp256k1, as the ledger needs it. Every implementation gives the same bytes: nonces by RFC 6979 with SHA-256, s in the lower half.
 * Digests and private keys are 32 bytes, signatures 64 bytes r and s, recovery ids 0 or 1.
 */
export type Curve = {
  /** Signs a digest. @throws when the private key is none */
  sign(digest: Uint8Array, privateKey: Uint8Array): { signature: Uint8Array; recovery: number }
  /** The public key of a private key, 65 bytes. @throws when the private key is none */
  publicKey(privateKey: Uint8Array): Uint8Array
  /** The public key that signed a digest, 65 bytes; takes either half of s. @throws when no key signed it so */
  recover(digest: Uint8Array, signature: Uint8Array, recovery: number): Uint8Array
}
