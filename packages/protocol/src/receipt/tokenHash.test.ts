import fc from 'fast-check'
import { concat, encodePacked, keccak256 } from 'viem'
import { describe, expect, it } from 'vitest'
import type { Hex } from '../encoding/bytes.ts'
import { choiceNonce, nodeCommitment, samplingSeed, tokenHash } from './tokenHash.ts'

const [a, b, c] = ['0a', '0b', '0c'].map((x) => `0x${x.repeat(32)}` as Hex) as [Hex, Hex, Hex]

describe('tokenHash', () => {
  it('is keccak of the salt and each id in four bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffffffff)), (tokens) => {
        expect(tokenHash(a, tokens)).toBe(keccak256(concat([a, ...tokens.map((t) => encodePacked(['uint32'], [t]))])))
      }),
    )
    expect(tokenHash(a, [1])).not.toBe(tokenHash(b, [1]))
    expect(tokenHash(a, [1, 2])).not.toBe(tokenHash(a, [2, 1]))
  })

  it.each([-1, 0.5, 2 ** 32, Number.NaN])('refuses the id %d', (token) => {
    expect(() => tokenHash(a, [token])).toThrow(expect.objectContaining({ code: 'BAD_TOKEN' }))
  })
})

describe('samplingSeed', () => {
  it('is keccak of the three parts in their order', () => {
    expect(samplingSeed(a, b, c)).toBe(keccak256(encodePacked(['bytes32', 'bytes32', 'bytes32'], [a, b, c])))
    expect(samplingSeed(b, a, c)).not.toBe(samplingSeed(a, b, c))
    expect(nodeCommitment(a)).toBe(keccak256(a))
  })
})

describe('choiceNonce', () => {
  it('is the nonce itself for the first answer, and the hash of nonce and index for others', () => {
    const nonce = keccak256('0x05')
    expect(choiceNonce(nonce, 0)).toBe(nonce)
    expect(choiceNonce(nonce, 258)).toBe(keccak256(encodePacked(['bytes32', 'uint32'], [nonce, 258])))
  })
})
