import fc from 'fast-check'
import { keccak256, stringToBytes } from 'viem'
import { describe, expect, it } from 'vitest'
import { canonicalJson, hashJson, type Json } from './canonicalJson.ts'

/** RFC 8785, appendix B: IEEE 754 bits and their text. */
const numbers = [
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
] as const
const fromBits = (bits: string): number => Buffer.from(bits, 'hex').readDoubleBE()

describe('canonicalJson', () => {
  it.each(numbers)('writes the number with bits %s as %s', (bits, text) => {
    expect(canonicalJson(fromBits(bits))).toBe(text)
  })

  it.each(['7fffffffffffffff', '7ff0000000000000', 'fff0000000000000'])('refuses the number with bits %s', (bits) => {
    expect(() => canonicalJson(fromBits(bits))).toThrow(expect.objectContaining({ code: 'BAD_NUMBER' }))
  })

  it('writes the example of RFC 8785, section 3.2.2', () => {
    const source = '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}'
    expect(canonicalJson(JSON.parse(source) as Json)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
  })

  it('sorts keys by UTF-16 units, as in section 3.2.3', () => {
    // The RFC's Hebrew key U+FB33 is left out: NFC takes it apart. U+FF21 stands in: it sorts after the emoji's surrogates, though its code point is smaller.
    const keys = { '\u20ac': 'Euro Sign', '\r': 'Carriage Return', '\uff21': 'Fullwidth A', '1': 'One', '\ud83d\ude00': 'Emoji', '\u0080': 'Control', '\u00f6': 'O With Diaeresis' }
    expect(Object.values(JSON.parse(canonicalJson(keys)) as object)).toEqual(['One', 'Carriage Return', 'Control', 'O With Diaeresis', 'Euro Sign', 'Emoji', 'Fullwidth A'])
    expect(canonicalJson(keys)).toBe(
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"O With Diaeresis","\u20ac":"Euro Sign","\ud83d\ude00":"Emoji","\uff21":"Fullwidth A"}',
    )
  })

  it('does not depend on the order of keys, and reads back', () => {
    const json = fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' }).map((v) => JSON.parse(JSON.stringify(v).normalize('NFC')) as Json)
    const reversed = (v: Json): Json => {
      if (Array.isArray(v)) return v.map(reversed)
      return typeof v === 'object' && v !== null ? Object.fromEntries(Object.entries(v).reverse().map(([k, item]) => [k, reversed(item as Json)])) : v
    }
    fc.assert(
      fc.property(json, (value) => {
        let text: string
        try {
          text = canonicalJson(value)
        } catch (error) {
          // Half of a surrogate pair, which JSON text may carry as an escape.
          expect(error).toMatchObject({ code: 'BAD_UNICODE' })
          return
        }
        expect(canonicalJson(reversed(value))).toBe(text)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value), (_, v: unknown) => (Object.is(v, -0) ? 0 : v)))
        expect(canonicalJson(JSON.parse(text) as Json)).toBe(text)
        expect(hashJson(value)).toBe(keccak256(stringToBytes(text)))
      }),
    )
  })

  it('writes text in NFC, keys too, and drops what is undefined', () => {
    expect(canonicalJson({ 'e\u0301': 'a\u030a', x: undefined })).toBe('{"\u00e9":"\u00e5"}')
    expect(canonicalJson(JSON.parse('{"__proto__":1}') as Json)).toBe('{"__proto__":1}')
  })

  const deep = (n: number): Json => (n === 0 ? 1 : [deep(n - 1)])
  it.each([
    ['BAD_UNICODE', 'a\ud800'],
    ['BAD_UNICODE', { 'a\udc00': 1 }],
    ['DUPLICATE_KEY', { 'e\u0301': 1, '\u00e9': 2 }],
    ['BAD_NUMBER', { a: 1n }],
    ['BAD_NUMBER', [Number.NaN]],
    ['BAD_JSON', [undefined]],
    ['BAD_JSON', new Array(2)],
    ['BAD_JSON', { a: () => 1 }],
    ['BAD_JSON', { a: Symbol('a') }],
    ['BAD_JSON', { a: new Date(0) }],
    ['BAD_JSON', { a: new Map([[1, 2]]) }],
    ['BAD_JSON', new Uint8Array(2)],
    ['BAD_JSON', undefined],
    ['BAD_JSON', { toJSON: () => 5 }],
  ])('fails with %s on %o', (code, value) => {
    expect(() => canonicalJson(value as Json)).toThrow(expect.objectContaining({ code }))
  })

  it('takes 64 levels, and no more', () => {
    for (const levels of [65, 5000]) expect(() => canonicalJson(deep(levels))).toThrow(expect.objectContaining({ code: 'JSON_TOO_DEEP' }))
    expect(canonicalJson(deep(64))).toBe(`${'['.repeat(64)}1${']'.repeat(64)}`)
  })
})
