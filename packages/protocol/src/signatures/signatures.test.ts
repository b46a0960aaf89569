import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { secp256k1 } from '@noble/curves/secp256k1'
import fc from 'fast-check'
import { recoverAddress } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import { toHex, type Hex } from '../encoding/bytes.ts'
import { javascriptCurve } from './javascriptCurve.ts'
import { loadNativeCurve } from './loadNativeCurve.ts'
import { openAccount } from './openAccount.ts'
import { recoverSigner } from './recoverSigner.ts'

const order = secp256k1.CURVE.n
const word = (n: bigint): Uint8Array => Uint8Array.from(Buffer.from(n.toString(16).padStart(64, '0'), 'hex'))
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
const digest = fc.oneof({ weight: 4, arbitrary: bytes32 }, { weight: 1, arbitrary: fc.constantFrom(0n, 1n, order - 1n, order, order + 1n, 2n ** 256n - 1n, 0xffffffffn << 224n).map(word) })
const privateKey = fc.oneof({ weight: 4, arbitrary: fc.bigInt({ min: 1n, max: order - 1n }).map(word) }, { weight: 1, arbitrary: fc.constantFrom(1n, 2n, order - 1n).map(word) })
const native = loadNativeCurve()

/** What a recovery gives, as text; the same for every error. */
function recovered(curve: typeof javascriptCurve, ...of: Parameters<typeof javascriptCurve.recover>): string {
  try {
    return toHex(curve.recover(...of))
  } catch {
    return 'refused'
  }
}

describe.runIf(native !== undefined)('the native curve', () => {
  it('signs and recovers byte for byte as the one in JavaScript does, also at the edges', () => {
    fc.assert(
      fc.property(digest, privateKey, (message, key) => {
        const signed = native!.sign(message, key)
        expect({ ...signed, signature: toHex(signed.signature) }).toEqual({ ...javascriptCurve.sign(message, key), signature: toHex(javascriptCurve.sign(message, key).signature) })
        expect(toHex(native!.publicKey(key))).toBe(toHex(javascriptCurve.publicKey(key)))
        expect(toHex(native!.recover(message, signed.signature, signed.recovery))).toBe(toHex(secp256k1.getPublicKey(key, false)))
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  it('recovers the same key from any r and s, the upper half of s too, and refuses what the other refuses', () => {
    const scalar = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), fc.constantFrom(0n, 1n, 2n, order >> 1n, (order >> 1n) + 1n, order - 1n, order, order + 1n, 2n ** 256n - 1n))
    let [refused, taken] = [0, 0]
    fc.assert(
      fc.property(digest, scalar, scalar, fc.constantFrom(0, 1), (message, r, s, recovery) => {
        const signature = Uint8Array.from([...word(r), ...word(s)])
        const expected = recovered(javascriptCurve, message, signature, recovery)
        if (expected === 'refused') refused++
        else taken++
        expect(recovered(native!, message, signature, recovery)).toBe(expected)
      }),
      { numRuns: 150 },
    )
    expect([refused > 0, taken > 0]).toEqual([true, true])
  }, 60_000)

  it('refuses a private key that is none', () => {
    for (const key of [0n, order, 2n ** 256n - 1n].map(word)) for (const curve of [native!, javascriptCurve]) {
      expect(() => curve.sign(word(5n), key)).toThrow()
      expect(() => curve.publicKey(key)).toThrow()
    }
  })

  it('is there in a worker thread too', async () => {
    const worker = new Worker(`require('node:worker_threads').parentPort.postMessage(typeof require(${JSON.stringify(createRequire(import.meta.url).resolve('secp256k1/bindings.js'))}).ecdsaSign)`, { eval: true })
    expect(await new Promise((resolve) => worker.once('message', resolve))).toBe('function')
    await worker.terminate()
  })
})

it('does without the native curve where there is none', () => {
  expect(loadNativeCurve(() => JSON.parse('no binding') as never)).toBeUndefined()
})

describe('an account', () => {
  const key: Hex = `0x${'0b'.repeat(32)}`
  const [ours, viems] = [openAccount(key), privateKeyToAccount(key)]

  // Functions are compared by what they give.
  const fields = Object.fromEntries(Object.entries(viems).filter(([, value]) => typeof value === 'function').map(([name]) => [name, name]))

  it('is and signs as the account of viem does', async () => {
    expect({ ...ours, ...fields }).toEqual({ ...viems, ...fields })
    const typed = { domain: { name: 'x', chainId: 3 }, types: { Thing: [{ name: 'size', type: 'uint256' }] }, primaryType: 'Thing', message: { size: 5n } } as const
    expect(await ours.signTypedData(typed)).toBe(await viems.signTypedData(typed))
    expect(await ours.signMessage({ message: 'hello' })).toBe(await viems.signMessage({ message: 'hello' }))
    expect(await ours.signMessage({ message: { raw: '0x12ff' } })).toBe(await viems.signMessage({ message: { raw: '0x12ff' } }))
    const transaction = { chainId: 5, type: 'eip1559', to: viems.address, value: 3n, nonce: 1, gas: 21_000n, maxFeePerGas: 9n, maxPriorityFeePerGas: 1n } as const
    expect(await ours.signTransaction(transaction)).toBe(await viems.signTransaction(transaction))
    const authorization = { chainId: 5, address: viems.address, nonce: 2 }
    expect(await ours.signAuthorization(authorization)).toEqual(await viems.signAuthorization(authorization))
    const signAlike = async (message: Uint8Array): Promise<void> => expect(await ours.sign({ hash: toHex(message) })).toBe(await viems.sign({ hash: toHex(message) }))
    await fc.assert(fc.asyncProperty(digest, (message) => signAlike(message).then(() => undefined)), { numRuns: 20 })
  })

  it('is found from its signatures, whichever way the last byte is written', async () => {
    const hash = toHex(word(77n))
    const signature = await viems.sign({ hash })
    expect(recoverSigner(hash, signature)).toBe(viems.address)
    const short = `${signature.slice(0, 130)}${signature.endsWith('1b') ? '00' : '01'}` as Hex
    expect(recoverSigner(hash, short)).toBe(await recoverAddress({ hash, signature: short }))
    const twisted = `${signature.slice(0, 130)}${signature.endsWith('1b') ? '1c' : '1b'}` as Hex
    expect(recoverSigner(hash, twisted)).toBe(await recoverAddress({ hash, signature: twisted }))
    for (const bad of ['0x', `${signature}00`, `${signature.slice(0, 130)}02`, `${signature.slice(0, 130)}1d`, `0x${'00'.repeat(64)}1b`, `0x${'ff'.repeat(64)}1b`] as Hex[]) {
      expect(() => recoverSigner(hash, bad), bad).toThrow(expect.objectContaining({ code: 'BAD_SIGNATURE' }) as Error)
    }
  })

  it('is none of a text that is no key', () => {
    for (const bad of ['0x', '0x00', `0x${'00'.repeat(32)}`, `0x${'ff'.repeat(32)}`] as Hex[]) expect(() => openAccount(bad)).toThrow()
  })
})
