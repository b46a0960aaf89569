import { createRequire } from 'node:module'
import type { CustomCrypto } from '@ethereumjs/common'
import { calculateSigRecovery, setLengthLeft } from '@ethereumjs/util'
import { createKeccak } from 'hash-wasm'

type NativeSecp256k1 = {
  ecdsaRecover(signature: Uint8Array, recovery: number, message: Uint8Array, compressed: false): Uint8Array
}

/** libsecp256k1 where the package carries a binary for this platform; undefined elsewhere, and the library's own curve code is used. */
function loadNativeSecp256k1(): NativeSecp256k1 | undefined {
  try {
    return createRequire(import.meta.url)('secp256k1/bindings.js') as NativeSecp256k1
  } catch {
    return undefined
  }
}

/**
 * The primitives that cost the most in an EVM node, from native or WebAssembly code: keccak-256 and public key recovery.
 * Both give the same results as the library's own; only their speed differs.
 */
export async function nativeCrypto(): Promise<CustomCrypto & { keccak256: (message: Uint8Array) => Uint8Array }> {
  const hasher = await createKeccak(256)
  const keccak256 = (message: Uint8Array): Uint8Array => hasher.init().update(message).digest('binary')
  const secp256k1 = loadNativeSecp256k1()
  if (secp256k1 === undefined) return { keccak256 }
  return {
    keccak256,
    ecrecover: (hash, v, r, s, chainId) => {
      const signature = new Uint8Array(64)
      signature.set(setLengthLeft(r, 32), 0)
      signature.set(setLengthLeft(s, 32), 32)
      const recovery = calculateSigRecovery(v, chainId)
      if (recovery !== 0n && recovery !== 1n) throw new RangeError('signature recovery must be 0 or 1')
      return secp256k1.ecdsaRecover(signature, Number(recovery), hash, false).slice(1)
    },
  }
}
