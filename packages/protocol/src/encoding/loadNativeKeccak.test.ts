import { keccak_256 } from '@noble/hashes/sha3.js'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toHex } from './bytes.ts'
import { loadNativeKeccak } from './loadNativeKeccak.ts'

/** Around the 136 bytes that one round takes, and around the 16 KiB that go into WebAssembly at once. */
const lengths = [0, 1, 33, 65, 135, 136, 137, 271, 272, 273, 16_383, 16_384, 16_385, 70_000]

it('hashes byte for byte as the one in JavaScript does, at every length, also of a part of a buffer', async () => {
  const native = (await loadNativeKeccak())!
  const same = (bytes: Uint8Array): void => {
    expect(toHex(native(bytes))).toBe(toHex(keccak_256(bytes)))
  }
  for (const length of lengths) same(Uint8Array.from({ length: length + 3 }, (_, i) => (i * 31) % 251).subarray(3))
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), same), { numRuns: 300 })
})

it('gives hashes that stay as they are when others are made', async () => {
  const native = (await loadNativeKeccak())!
  const first = native(Uint8Array.of(1))
  native(Uint8Array.of(2))
  expect(toHex(first)).toBe(toHex(keccak_256(Uint8Array.of(1))))
})

it('is not used when it is not there or hashes otherwise', async () => {
  const absent = (): never => {
    throw new TypeError('there is none')
  }
  expect(await loadNativeKeccak(absent)).toBeUndefined()
  const hasher = { init: () => hasher, update: () => hasher, digest: () => new Uint8Array(32) }
  expect(await loadNativeKeccak(() => ({ createKeccak: () => Promise.resolve(hasher) }))).toBeUndefined()
})
