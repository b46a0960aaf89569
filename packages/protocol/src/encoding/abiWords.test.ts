import fc from 'fast-check'
import { encodeAbiParameters, getAddress } from 'viem'
import { describe, expect, it } from 'vitest'
import { abiHashes, abiWords } from './abiWords.ts'
import { fromHex, toHex, type Hex } from './bytes.ts'

const hex = (size: number) => fc.uint8Array({ minLength: size, maxLength: size }).map((bytes): Hex => toHex(bytes))
const uint = (bits: number) => fc.oneof(fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n }), fc.nat(255).map(BigInt)).map((value) => ({ type: `uint${bits}`, value: value as unknown }))
const word = fc.oneof(
  hex(32).map((value) => ({ type: 'bytes32', value: (value.charCodeAt(2) % 2 === 0 ? value : `0x${value.slice(2).toUpperCase()}`) as unknown })),
  hex(20).map((value) => ({ type: 'address', value: (value.charCodeAt(2) % 2 === 0 ? value : getAddress(value)) as unknown })),
  fc.nat().map((value) => ({ type: 'uint32', value: value as unknown })),
  fc.maxSafeNat().map((value) => ({ type: 'uint64', value: value as unknown })),
  ...[8, 64, 128, 256].map(uint),
)

describe('abiWords', () => {
  it('writes what viem writes', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (items) => {
        const types = items.map(({ type }) => type)
        const values = items.map(({ value }) => value)
        expect(abiWords<unknown[]>(...types)(...values)).toEqual(fromHex(encodeAbiParameters(types.map((type) => ({ type })), values)))
      }),
    )
  })

  it('writes lists of hashes as viem does, and refuses what holds another', () => {
    const general = (hashes: readonly Hex[]): Uint8Array => fromHex(encodeAbiParameters([{ type: 'bytes32[]' }], [hashes]))
    fc.assert(fc.property(fc.array(hex(32), { maxLength: 5 }), (hashes) => void expect(abiHashes(hashes)).toEqual(general(hashes))))
    const bad: Hex[] = [`0x${'11'.repeat(32)}`, '0x11']
    expect(() => abiHashes(bad)).toThrow(thrownBy(() => general(bad)))
  })

  it.each([
    ['bytes32', '0x00'],
    ['bytes32', `0x${'0g'.repeat(32)}`],
    ['bytes32', 7],
    ['address', '0x52908400098527886E0F7030069857D2E4169Ee7'],
    ['address', '0x00'],
    ['uint8', 256n],
    ['uint256', -1n],
    ['uint256', 1n << 256n],
    ['uint32', 1.5],
    ['uint32', undefined],
  ])('refuses as %s what is none: %s', (type, value) => {
    const general = (): Uint8Array => fromHex(encodeAbiParameters([{ type }], [value]))
    expect(general).toThrow()
    expect(() => abiWords<unknown[]>(type)(value)).toThrow(thrownBy(general))
  })
})

function thrownBy(work: () => unknown): string {
  try {
    work()
    return ''
  } catch (error) {
    return (error as Error).message
  }
}
