import { describe, expect, it } from 'vitest'
import { addressOption, bigNumber, datanetNumber, decimalNumber, hash, openAmount, splitOption, wholeNumber, wordList } from './optionValues.ts'

describe('option values', () => {
  it('reads what is well formed', () => {
    expect(wholeNumber(1)('12')).toBe(12)
    expect(decimalNumber('5e-3')).toBe(0.005)
    expect(datanetNumber('7')).toBe(7n)
    expect(bigNumber('340282366920938463463374607431768211455')).toBe(2n ** 128n - 1n)
    expect(openAmount('0.000000000000000001')).toBe('0.000000000000000001')
    expect(hash(`0x${'AB'.repeat(32)}`)).toBe(`0x${'ab'.repeat(32)}`)
    expect(addressOption(`0x${'AB'.repeat(20)}`)).toBe(`0x${'ab'.repeat(20)}`)
    expect(wordList(' a, b ,,c')).toEqual(['a', 'b', 'c'])
  })

  it.each<[string, () => unknown]>([
    ['a word as a number', () => wholeNumber()('many')],
    ['too small a number', () => wholeNumber(1)('0')],
    ['a fraction as a whole number', () => wholeNumber()('1.5')],
    ['a negative number', () => decimalNumber('-1')],
    ['datanet 0', () => datanetNumber('0')],
    ['an amount with 19 decimals', () => openAmount('1.0000000000000000001')],
    ['a negative amount', () => openAmount('-1')],
    ['a short hash', () => hash('0xab')],
    ['an address without 0x', () => addressOption('ab'.repeat(20))],
    ['an empty list', () => wordList(' , ')],
    ['a split above 100 per cent', () => splitOption('node:50,owner:40,stakers:10,contributors:1')],
    ['a split below 100 per cent', () => splitOption('node:50')],
    ['a split that names a part twice', () => splitOption('node:50,node:50')],
    ['a split with an unknown part', () => splitOption('node:50,treasury:50')],
  ])('refuses %s', (_, read) => {
    expect(read).toThrow(expect.objectContaining({ code: 'commander.invalidArgument' }))
  })

  it('reads a split exactly, without floats', () => {
    expect(splitOption('node:33.3333, owner:33.3333,stakers:0.0001,contributors:33.3333')).toEqual({ nodePpm: 333_333, ownerPpm: 333_333, stakersPpm: 1, contributorsPpm: 333_333 })
    expect(splitOption('contributors:100')).toEqual({ nodePpm: 0, ownerPpm: 0, stakersPpm: 0, contributorsPpm: 1_000_000 })
  })
})
