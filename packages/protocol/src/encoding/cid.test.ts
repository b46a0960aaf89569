import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cidOf, cidOfDigest, digestOfCid } from './cid.ts'
import { keccak, sha256 } from './hash.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Base32 (RFC 4648, lower case, no padding), written apart from the code under test. */
function base32(data: Uint8Array): string {
  const bits = [...data].map((b) => b.toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{1,5}/g) ?? []
  return groups.map((g) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(g.padEnd(5, '0'), 2)]).join('')
}

describe('hashes', () => {
  it('are the published ones', () => {
    // FIPS 180-4 example "abc"; keccak-256 of nothing and of "abc" (Ethereum's, before SHA-3's padding).
    expect(sha256(bytes('abc'))).toBe('0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(keccak(bytes(''))).toBe('0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470')
    expect(keccak(bytes('abc'))).toBe('0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45')
  })
})

describe('CIDs', () => {
  it('are version 1, raw, SHA-256, base32', () => {
    expect(cidOf(bytes('hello world'))).toBe('bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e')
    fc.assert(
      fc.property(fc.uint8Array(), (data) => {
        const digest = createHash('sha256').update(data).digest()
        expect(cidOf(data)).toBe(`b${base32(Buffer.concat([Uint8Array.of(1, 0x55, 0x12, 32), digest]))}`)
        expect(digestOfCid(cidOf(data))).toBe(`0x${digest.toString('hex')}`)
        expect(cidOfDigest(sha256(data))).toBe(cidOf(data))
      }),
    )
  })

  const digest = createHash('sha256').update('x').digest()
  const cid = (...head: number[]): string => `b${base32(Buffer.concat([Uint8Array.from(head), digest]))}`
  it.each([
    ['nothing', ''],
    ['no CID', 'hello'],
    ['a path', '../bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'],
    ['version 0', 'QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n'],
    ['another codec (dag-pb)', cid(1, 0x70, 0x12, 32)],
    ['another hash (sha2-512/256 code)', cid(1, 0x55, 0x13, 32)],
    ['a digest cut short', `b${base32(Buffer.concat([Uint8Array.of(1, 0x55, 0x12, 20), digest.subarray(0, 20)]))}`],
    ['bytes after the end', `${cid(1, 0x55, 0x12, 32)}aaaa`],
  ])('refuses %s', (_, text) => {
    expect(() => digestOfCid(text)).toThrow(expect.objectContaining({ code: 'BAD_CID' }))
  })

  it.each(['0x', '0x12', `0x${'ab'.repeat(33)}`] as const)('are not made of %s', (short) => {
    expect(() => cidOfDigest(short)).toThrow(expect.objectContaining({ code: 'BAD_CID' }))
  })
})
