import fc from 'fast-check'
import { encodeAbiParameters } from 'viem'
import { describe, expect, it } from 'vitest'
import { abiEncode, type AbiValue } from './abiEncode.ts'
import { fromHex, toHex, type Hex } from './bytes.ts'

const hexOf = (size: number) => fc.uint8Array({ minLength: size, maxLength: size }).map((bytes): Hex => toHex(bytes))
const item = fc.oneof(
  fc.nat().map((value) => ({ type: 'uint32', value: value as AbiValue, viem: value as unknown })),
  fc.bigInt({ min: -(1n << 255n), max: (1n << 255n) - 1n }).map((value) => ({ type: 'int256', value: value as AbiValue, viem: value as unknown })),
  hexOf(20).map((value) => ({ type: 'address', value: value as AbiValue, viem: value as unknown })),
  hexOf(32).map((value) => ({ type: 'bytes32', value: value as AbiValue, viem: value as unknown })),
  fc.uint8Array({ maxLength: 100 }).map((value) => ({ type: 'bytes', value: value as AbiValue, viem: toHex(value) as unknown })),
)

describe('abiEncode', () => {
  it('writes what viem writes', () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 7 }), (items) => {
        const expected = fromHex(encodeAbiParameters(items.map(({ type }) => ({ type })), items.map(({ viem }) => viem)))
        expect(abiEncode(items.map(({ value }) => value))).toEqual(expected)
      }),
    )
  })
})
