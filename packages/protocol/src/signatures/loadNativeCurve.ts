import type { Curve } from './Curve.ts'
import { javascriptCurve } from './javascriptCurve.ts'

type Bindings = {
  contextRandomize(seed: Uint8Array): void
  publicKeyCreate(privateKey: Uint8Array, compressed: false): Uint8Array
  ecdsaSign(digest: Uint8Array, privateKey: Uint8Array): { signature: Uint8Array; recid: number }
  ecdsaRecover(signature: Uint8Array, recovery: number, digest: Uint8Array, compressed: false): Uint8Array
}

function requireBindings(): Bindings {
  const { createRequire } = globalThis.process.getBuiltinModule('node:module')
  return createRequire(import.meta.url)('secp256k1/bindings.js') as Bindings
}

/**
 * libsecp256k1 where this process is Node.js and the package carries a binary for its platform; undefined elsewhere.
 * @param open gives the binding of the package, or throws
 */
export function loadNativeCurve(open: () => Bindings = requireBindings): Curve | undefined {
  try {
    const bindings = open()
    bindings.contextRandomize(globalThis.crypto.getRandomValues(new Uint8Array(32)))
    return {
      sign(digest, privateKey) {
        // A digest from the curve's order on is reduced by RFC 6979 before it goes into the nonce, but not by this library: one in 2^32 goes the slow way.
        if (new DataView(digest.buffer, digest.byteOffset).getUint32(0) === 0xffffffff) return javascriptCurve.sign(digest, privateKey)
        const { signature, recid: recovery } = bindings.ecdsaSign(digest, privateKey)
        return { signature, recovery }
      },
      publicKey: (privateKey) => bindings.publicKeyCreate(privateKey, false),
      recover: (digest, signature, recovery) => bindings.ecdsaRecover(signature, recovery, digest, false),
    }
  } catch {
    return undefined
  }
}
