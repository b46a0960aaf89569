import { expect, it } from 'vitest'
import { randomHex } from './randomHex.ts'

it('gives no bytes twice, of any size, over many drawings', () => {
  const seen = new Set<string>()
  for (let i = 0; i < 2000; i++) {
    const size = 12 + (i % 21)
    const hex = randomHex(size)
    expect(hex).toMatch(new RegExp(`^0x[0-9a-f]{${2 * size}}$`))
    seen.add(hex.slice(2, 26))
  }
  expect(seen.size).toBe(2000)
  expect(randomHex(4096)).toHaveLength(2 + 2 * 4096)
  expect(() => randomHex(4097)).toThrow(RangeError)
})

it('draws each bit as often set as not', () => {
  const bits = 200 * 256
  const set = Array.from({ length: 200 }, () => [...BigInt(randomHex(32)).toString(2)].filter((bit) => bit === '1').length).reduce((sum, n) => sum + n, 0)
  // Six standard deviations of a fair coin.
  expect(Math.abs(set - bits / 2)).toBeLessThan(6 * Math.sqrt(bits / 4))
})
