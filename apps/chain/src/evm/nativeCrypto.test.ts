import { ecrecover } from '@ethereumjs/util'
import fc from 'fast-check'
import { hexToBytes, keccak256, toHex } from 'viem'
import { privateKeyToAccount, sign } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import { nativeCrypto } from './nativeCrypto.ts'

const crypto = await nativeCrypto()
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
/** The order of the curve secp256k1. */
const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const outcome = (recover: () => Uint8Array): string => {
  try {
    return Buffer.from(recover()).toString('hex')
  } catch {
    return 'refused'
  }
}

describe('native primitives', () => {
  it('hash as others do', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (message) => void expect(crypto.keccak256(message)).toEqual(keccak256(message, 'bytes'))))
  })

  it.runIf(crypto.ecrecover !== undefined)('recover the keys that signed, in every form of v', async () => {
    const recover = crypto.ecrecover as NonNullable<typeof crypto.ecrecover>
    await fc.assert(
      fc.asyncProperty(fc.bigInt({ min: 1n, max: order - 1n }), bytes32, fc.constantFrom<[bigint, bigint | undefined]>([0n, undefined], [27n, undefined], [7117n * 2n + 35n, 7117n]), async (secret, hash, [base, chainId]) => {
        const privateKey = toHex(secret, { size: 32 })
        const { r, s, yParity } = await sign({ hash: toHex(hash), privateKey })
        const recovered = recover(hash, base + BigInt(yParity ?? 0), hexToBytes(r), hexToBytes(s), chainId)
        expect(`0x04${Buffer.from(recovered).toString('hex')}`).toBe(privateKeyToAccount(privateKey).publicKey)
      }),
    )
  })

  it.runIf(crypto.ecrecover !== undefined)('refuse what the library refuses', () => {
    const recover = crypto.ecrecover as NonNullable<typeof crypto.ecrecover>
    const edge = [0n, 1n, order - 1n, order, order + 1n, 2n ** 256n - 1n].map((value) => Uint8Array.from(Buffer.from(value.toString(16).padStart(64, '0'), 'hex')))
    fc.assert(
      fc.property(bytes32, fc.constantFrom(0n, 1n, 2n, 27n, 28n, 29n), fc.oneof(bytes32, fc.constantFrom(...edge)), fc.oneof(bytes32, fc.constantFrom(...edge)), (hash, v, r, s) => {
        expect(outcome(() => recover(hash, v, r, s))).toBe(outcome(() => ecrecover(hash, v, r, s)))
      }),
      { numRuns: 500 },
    )
  })
})
