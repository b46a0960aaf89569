import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileSchema } from './compileSchema.ts'
import { SchemaConstraint } from './SchemaConstraint.ts'
import { SchemaRecogniser } from './SchemaRecogniser.ts'
import type { Positions } from './Stack.ts'
import { testVocabulary, writeRandomly } from './testing/randomWriter.ts'

/** Whether a recogniser takes a whole text as a document. */
function accepts(schema: object, text: string): boolean {
  const recogniser = new SchemaRecogniser(compileSchema(JSON.stringify(schema)))
  let positions: Positions | null = recogniser.start
  for (const byte of new TextEncoder().encode(text)) positions = positions && recogniser.after(positions, byte)
  return positions?.complete ?? false
}
const compile = (schema: unknown): unknown => compileSchema(JSON.stringify(schema))

describe('a finite schema', () => {
  const colours = { enum: ['red', 'redder', 'é"\\\n', null, 12, 120, [1, { a: true }]] }
  const documents = [
    { schema: colours, all: colours.enum.map((value) => JSON.stringify(value)) },
    { schema: { type: 'integer', minimum: -12, maximum: 121, multipleOf: 7 }, all: Array.from({ length: 19 }, (_, i) => String(-7 + 7 * i)).filter((text) => Number(text) <= 121) },
    { schema: { type: 'string', pattern: '^(a|bc){1,2}$', maxLength: 3 }, all: ['"a"', '"bc"', '"aa"', '"abc"', '"bca"'] },
    { schema: { type: 'array', items: { type: 'boolean' }, maxItems: 2 }, all: ['[]', '[true]', '[false]', '[true,true]', '[true,false]', '[false,true]', '[false,false]'] },
    {
      schema: { type: 'object', properties: { b: { const: 1 }, a: { type: ['null', 'boolean'] } }, required: ['a'], additionalProperties: false },
      all: ['{"a":null}', '{"a":true}', '{"a":false}', '{"b":1,"a":null}', '{"b":1,"a":true}', '{"b":1,"a":false}'],
    },
    { schema: { oneOf: [{ properties: { kind: { const: 'x' } }, required: ['kind'], type: 'object', additionalProperties: false }, { const: 3 }] }, all: ['{"kind":"x"}', '3'] },
  ]

  it.each(documents)('$schema: every document can be written, and nothing else is', ({ schema, all }) => {
    for (const text of all) expect(accepts(schema, text), text).toBe(true)
    const found = new Set<string>()
    for (let seed = 0; seed < 60 * all.length && found.size < all.length; seed++) found.add(writeRandomly(JSON.stringify(schema), seed).text)
    expect([...found].sort()).toEqual([...all].sort())
  })
})

describe('documents', () => {
  it.each<[object, string[], string[]]>([
    [{ type: 'number' }, ['0', '-0.5', '12.25', '999999999999999'], ['-0', '01', '1.', '.5', '1e5', '+1', '']],
    [{ type: 'number', exclusiveMinimum: 0, maximum: 0.1 }, ['0.1', '0.05', '0.000000000000001'], ['0', '0.0', '0.11', '0.1000000000000001', '1']],
    [{ type: 'integer', minimum: 9007199254740000 }, ['9007199254740991'], ['9007199254740992', '1']],
    [{ type: 'string', minLength: 2, maxLength: 2 }, ['"ab"', '"日😀"', '"\\n\\""', '"\\u0001x"'], ['"a"', '"abc"', '"\\u0041b"', '"\\/x"']],
    [{ type: 'string', format: 'date' }, ['"2024-02-29"', '"2023-12-31"', '"2000-02-29"'], ['"2023-02-29"', '"2024-04-31"', '"1900-02-29"', '"2024-1-1"']],
    [{ type: 'string', format: 'ipv4' }, ['"10.0.255.1"'], ['"10.0.256.1"', '"1.2.3"']],
    [{ type: 'array', prefixItems: [{ const: 1 }], items: { const: 2 }, minItems: 2, maxItems: 3 }, ['[1,2]', '[1,2,2]'], ['[1]', '[2,2]', '[1,2,2,2]', '[1, 2]']],
    [{ type: 'object', properties: { a: { const: 1 } }, additionalProperties: { const: 2 } }, ['{}', '{"a":1,"b":2}', '{"ab":2}', '{"":2}'], ['{"a":2}', '{"b":2,"a":1}', '{"a":1,"a":2}', '{"a":1,}']],
    [{ type: 'object', required: ['x'], properties: {} }, ['{"x":[{}]}'], ['{}', '{"y":1}']],
    [{ type: 'object' }, ['{}', '{"a":{"b":[1,null,"c",true]}}'], ['[]', '1', '{} ', ' {}']],
    [{ minLength: 2 }, ['1', '"ab"', '[]'], ['"a"']],
  ])('under %j', (schema, good, bad) => {
    for (const text of good) expect(accepts(schema, text), text).toBe(true)
    for (const text of bad) expect(accepts(schema, text), text).toBe(false)
  })
})

describe('token masks', () => {
  it('allow exactly the tokens whose bytes go on', () => {
    const schemas = [
      { type: 'object', properties: { name: { type: 'string', maxLength: 5 }, kind: { enum: ['ab', 'abab'] }, n: { type: 'number', maximum: 120 } }, additionalProperties: { type: 'string', pattern: '^a' } },
      { type: 'array', items: {} },
      { type: 'object' },
      { anyOf: [{ type: 'string', minLength: 3 }, { type: 'string', pattern: 'b$' }] },
    ].map((schema) => JSON.stringify(schema))
    fc.assert(
      fc.property(fc.constantFrom(...schemas), fc.nat(), fc.nat(25), (schema, seed, length) => {
        const { tokens } = writeRandomly(schema, seed, { limit: length })
        const constraint = new SchemaConstraint(schema, testVocabulary)
        const recogniser = new SchemaRecogniser(compileSchema(schema))
        let positions: Positions | null = recogniser.start
        for (const token of tokens) {
          constraint.accept(token)
          for (const byte of testVocabulary.piece(token)) positions = positions && recogniser.after(positions, byte)
        }
        const masked = new Float32Array(testVocabulary.size)
        constraint.mask(new Float32Array(testVocabulary.size).fill(1), masked)
        for (let token = 0; token < testVocabulary.size; token++) {
          let after: Positions | null = positions
          for (const byte of testVocabulary.piece(token)) after = after && recogniser.after(after, byte)
          const allowed = testVocabulary.endsGeneration(token) ? positions!.complete : testVocabulary.piece(token).length > 0 && after !== null
          expect(masked[token], `token ${token}`).toBe(allowed ? 1 : -Infinity)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('refuse a token that does not go on', () => {
    const constraint = new SchemaConstraint('{"type":"object"}', testVocabulary)
    expect(() => constraint.accept(0x5b)).toThrow(expect.objectContaining({ code: 'SCHEMA_TOKEN' }))
  })
})

describe('a schema that is costly to follow', () => {
  it('is given up when its alternatives multiply with every level', () => {
    const a = { anyOf: [{ type: 'array', items: { $ref: '#/$defs/a' } }, { type: 'array', items: { $ref: '#/$defs/a' }, maxItems: 9 }] }
    const constraint = new SchemaConstraint(JSON.stringify({ $defs: { a }, $ref: '#/$defs/a' }), testVocabulary)
    const open = (): void => {
      for (let depth = 0; depth < 40; depth++) constraint.accept(0x5b)
    }
    expect(open).toThrow(expect.objectContaining({ code: 'SCHEMA_TOO_COSTLY', status: 400 }))
  })

  it('is given up when every token asks for walks over the whole vocabulary', () => {
    const anyOf = Array.from({ length: 120 }, (_, index) => ({ type: 'string', pattern: `^[^${String.fromCharCode(0x100 + index)}]{${1 + (index % 4)}}` }))
    expect(() => writeRandomly(JSON.stringify({ anyOf }), 1)).toThrow(expect.objectContaining({ code: 'SCHEMA_TOO_COSTLY' }))
  })
})

describe('what is not followed', () => {
  it.each<[string, unknown]>([
    ['the keyword "patternProperties"', { type: 'object', patternProperties: {} }],
    ['at /properties/a: the keyword "contains"', { properties: { a: { contains: {} } } }],
    ['the keyword "uniqueItems"', { type: 'array', uniqueItems: true }],
    ['the keyword "not"', { not: {} }],
    ['"multipleOf"', { type: 'number', multipleOf: 0.01 }],
    ['the keyword "minLength" beside "enum"', { enum: ['a'], minLength: 1 }],
    ['the keyword "properties" beside "$ref"', { $ref: '#', properties: {} }],
    ['"allOf" of more than one', { allOf: [{}, {}] }],
    ['at /oneOf/1: a document may be valid under two', { oneOf: [{ type: 'integer' }, { type: 'number' }] }],
    ['under two', { oneOf: [{ $ref: '#' }, { type: 'array' }, { $ref: '#' }] }],
    ['the format "email"', { type: 'string', format: 'email' }],
    ['look-around', { type: 'string', pattern: '(?=a)' }],
    ['\\1 is not supported', { type: 'string', pattern: '(a)\\1' }],
    ['not a regular expression', { type: 'string', pattern: '(' }],
    ['^ and $ may stand', { type: 'string', pattern: 'a(^b)' }],
    ['points to nothing', { $ref: '#/$defs/x' }],
    ['begin with #', { $ref: 'https://example.org/x' }],
    ['"date" is not a type', { type: 'date' }],
    ['no document is valid', { type: 'object', properties: { a: { $ref: '#' } }, required: ['a'] }],
    ['no document is valid', { type: 'string', pattern: '^(ab)+$', minLength: 3, maxLength: 3 }],
    ['no document is valid', { type: 'integer', minimum: 1e20 }],
    ['a schema must be', 'text'],
  ])('%s', (message, schema) => {
    expect(() => compile(schema)).toThrow(expect.objectContaining({ code: 'SCHEMA_UNSUPPORTED', status: 400, message: expect.stringContaining(message) }))
  })

  it.each<[string, () => unknown]>([
    ['levels', () => Array.from({ length: 40 }).reduce<object>((inner) => ({ type: 'array', items: inner }), {})],
    ['parts', () => ({ type: 'array', prefixItems: Array.from({ length: 3001 }, () => ({})) })],
    ['list more than', () => ({ enum: Array.from({ length: 1001 }, (_, i) => i) })],
    ['"anyOf" must list', () => ({ anyOf: Array.from({ length: 257 }, () => ({})) })],
    ['too large', () => ({ type: 'string', pattern: '((a{100}){100})' })],
    ['too large together', () => ({ type: 'string', pattern: '(a|b)*a(a|b){12}$' })],
    ['too large for this pattern', () => ({ type: 'string', pattern: 'a', minLength: 1, maxLength: 1e9 })],
  ])('what is too large: %s', (message, make) => {
    expect(() => compile(make())).toThrow(expect.objectContaining({ code: 'SCHEMA_UNSUPPORTED', message: expect.stringContaining(message) }))
  })
})
