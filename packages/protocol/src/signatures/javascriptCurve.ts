import { secp256k1 } from '@noble/curves/secp256k1'
import type { Curve } from './Curve.ts'

/** The curve in JavaScript: runs everywhere. */
export const javascriptCurve: Curve = {
  sign(digest, privateKey) {
    const signature = secp256k1.sign(digest, privateKey, { lowS: true })
    return { signature: signature.toCompactRawBytes(), recovery: signature.recovery }
  },
  publicKey: (privateKey) => secp256k1.getPublicKey(privateKey, false),
  recover: (digest, signature, recovery) => secp256k1.Signature.fromCompact(signature).addRecoveryBit(recovery).recoverPublicKey(digest).toRawBytes(false),
}
