import type { Json } from '@openledger/protocol'
import { schemaError } from './schemaError.ts'

export type SchemaObject = { readonly [keyword: string]: Json | undefined }

/** Keywords that say nothing about which documents are valid. */
const annotations = new Set(['title', 'description', 'default', 'examples', '$comment', '$schema', 'deprecated', 'readOnly', 'writeOnly', '$defs', 'definitions'])

/** Keywords that are followed, by the type of value that they speak of. */
export const keywordsOf = {
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems'],
  object: ['properties', 'required', 'additionalProperties'],
} as const
const alone = ['$ref', 'anyOf', 'oneOf', 'allOf', 'const', 'enum']
const known = new Set<string>([...alone, 'type', ...Object.values(keywordsOf).flat()])

/** The keywords of a schema that decide something. @throws `SCHEMA_UNSUPPORTED` for one that is not followed */
export function decidingKeywords(schema: SchemaObject, path: string): string[] {
  const deciding = Object.keys(schema).filter((keyword) => !annotations.has(keyword) && !(keyword === '$id' && path === ''))
  const unknown = deciding.find((keyword) => !known.has(keyword))
  if (unknown !== undefined) schemaError(path, `the keyword "${unknown}" is not supported`)
  const single = deciding.find((keyword) => alone.includes(keyword))
  const others = deciding.filter((keyword) => keyword !== single)
  if (single === 'const' || single === 'enum') {
    const beside = others.find((keyword) => keyword !== 'type')
    if (beside !== undefined) schemaError(path, `the keyword "${beside}" beside "${single}" is not supported`)
  } else if (single !== undefined && others.length > 0) schemaError(path, `the keyword "${others[0]!}" beside "${single}" is not supported`)
  return deciding
}

/** A keyword that must be a whole number of at least 0; `otherwise` when it is absent. */
export function countKeyword(schema: SchemaObject, keyword: string, path: string, otherwise: number): number {
  const value = schema[keyword]
  if (value === undefined) return otherwise
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value
  return schemaError(path, `"${keyword}" must be a whole number of at least 0`)
}

/** A keyword that must be a list; undefined when it is absent. */
export function listKeyword(schema: SchemaObject, keyword: string, path: string): readonly Json[] | undefined {
  const value = schema[keyword]
  if (value === undefined || Array.isArray(value)) return value as readonly Json[] | undefined
  return schemaError(path, `"${keyword}" must be a list`)
}

/** Whether a value is a JSON object. */
export function isObject(value: Json | undefined): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
