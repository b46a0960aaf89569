import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { writeRandomly } from './testing/randomWriter.ts'

type Schema = { [keyword: string]: unknown }

const ordered = (low: string, high: string, values: fc.Arbitrary<number>): fc.Arbitrary<Schema> =>
  fc.record({ low: fc.option(values, { nil: undefined }), extra: fc.option(fc.nat(6), { nil: undefined }) }).map((bounds) => ({
    ...(bounds.low === undefined ? {} : { [low]: bounds.low }),
    ...(bounds.extra === undefined ? {} : { [high]: (bounds.low ?? 0) + bounds.extra }),
  }))
const pattern = fc.constantFrom('^[a-c]+$', 'ab', '^(?:ab|é)*$', '^\\d{1,3}-\\w$', '[^"\\\\]\\s$', '^😀?x{2,}', '^$', '\\u0007|\\n')
const value = fc.oneof(fc.constantFrom(null, true, false, 0, -1, 1.5, 1e21, '', 'a"b\\', '日本\n'), fc.string({ maxLength: 4 }), fc.constantFrom([1, 'x'], { a: [null] }))
const text = fc.tuple(ordered('minLength', 'maxLength', fc.nat(4)), fc.option(fc.oneof(pattern.map((p) => ({ pattern: p }))), { nil: {} })).map((parts): Schema => Object.assign({ type: 'string' }, ...parts))
const bound = fc.oneof(fc.integer({ min: -200, max: 200 }), fc.double({ min: -3, max: 3, noNaN: true }))
const numeric = fc
  .tuple(fc.constantFrom('integer', 'number'), ordered('minimum', 'maximum', bound), ordered('exclusiveMinimum', 'exclusiveMaximum', bound), fc.option(fc.constantFrom(1, 3, 7), { nil: undefined }))
  .map(([type, closed, open, multipleOf]): Schema => ({ type, ...closed, ...open, ...(multipleOf === undefined ? {} : { multipleOf }) }))
const key = fc.constantFrom('name', 'kind', 'a', 'ab', 'é"', '')

const { schema } = fc.letrec<{ schema: Schema | boolean; object: Schema; array: Schema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'schema' },
    text,
    numeric,
    fc.constantFrom<Schema>({ type: 'boolean' }, { type: ['null', 'integer'] }, {}, { type: 'string', format: 'date' }),
    fc.array(value, { minLength: 1, maxLength: 4 }).map((values): Schema => ({ enum: values })),
    value.map((only): Schema => ({ const: only })),
    tie('object'),
    tie('array'),
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf): Schema => ({ anyOf })),
    fc.constantFrom<Schema>({ $ref: '#/$defs/list' }, { $ref: '#/$defs/tree' }),
  ),
  object: fc
    .tuple(fc.dictionary(key, tie('schema'), { maxKeys: 4 }), fc.uniqueArray(key, { maxLength: 2 }), fc.option(fc.oneof(fc.constant(false), tie('schema')), { nil: undefined }))
    .map(([properties, required, others]): Schema => ({ type: 'object', properties, required, ...(others === undefined ? {} : { additionalProperties: others }) })),
  array: fc
    .tuple(fc.array(tie('schema'), { maxLength: 2 }), fc.option(fc.oneof(fc.constant(false), tie('schema')), { nil: undefined }), ordered('minItems', 'maxItems', fc.nat(3)))
    .map(([prefixItems, items, counts]): Schema => ({ type: 'array', ...(prefixItems.length > 0 ? { prefixItems } : {}), ...(items === undefined ? {} : { items }), ...counts })),
}))
const $defs = {
  list: { anyOf: [{ type: 'null' }, { type: 'object', properties: { next: { $ref: '#/$defs/list' } }, required: ['next'], additionalProperties: false }] },
  tree: { type: 'array', items: { $ref: '#/$defs/tree' }, maxItems: 3 },
}

it('writes documents that parse and are valid, whatever the schema and whatever the model', () => {
  let [whole, refused] = [0, 0]
  fc.assert(
    fc.property(schema, fc.nat(), (node, seed) => {
      const root = typeof node === 'boolean' ? { anyOf: [node] } : node
      const full = JSON.parse(JSON.stringify({ $defs, ...root })) as Schema
      let written
      try {
        written = writeRandomly(JSON.stringify(full), seed)
      } catch (error) {
        // Some schemas that are made up here contradict themselves.
        expect(error).toMatchObject({ code: 'SCHEMA_UNSUPPORTED', message: expect.stringContaining('no document is valid') })
        refused += 1
        return
      }
      if (!written.ended) return
      whole += 1
      const validate = new Ajv2020({ strict: false, validateFormats: false, unicodeRegExp: true }).compile(full)
      const document: unknown = JSON.parse(written.text)
      expect(validate(document), `${written.text} under ${JSON.stringify(full)}: ${JSON.stringify(validate.errors)}`).toBe(true)
    }),
    { numRuns: 80 },
  )
  // The property must have been put to the test.
  expect(whole).toBeGreaterThan(48)
  expect(refused).toBeLessThan(26)
})
