import type { Json } from '@openledger/protocol'
import { exceptTexts } from './pattern/exceptTexts.ts'
import { provablyApart } from './provablyApart.ts'
import type { PatternBudget } from './pattern/compilePattern.ts'
import { readNumber } from './readNumber.ts'
import { readText } from './readText.ts'
import { LiteralScanner } from './scanners/LiteralScanner.ts'
import { TextScanner, textLanguage } from './scanners/TextScanner.ts'
import { schemaError } from './schemaError.ts'
import { countKeyword, decidingKeywords, isObject, listKeyword, type SchemaObject } from './schemaKeywords.ts'
import type { JsonType, ObjectMember, SchemaNode } from './SchemaNode.ts'

const maxDepth = 32
const maxNodes = 3000
const maxOptions = 256
const maxValues = 1000
const types = ['null', 'boolean', 'number', 'string', 'array', 'object', 'integer'] as const

/** Reads one JSON Schema (draft 2020-12) into nodes. */
export class SchemaReader {
  readonly #root: Json
  readonly #referred = new Map<string, SchemaNode>()
  readonly #any: SchemaNode & { kind: 'choice' } = { kind: 'choice', options: [] }
  readonly #anyKey = new TextScanner(textLanguage(null, 0, Infinity))
  readonly #oneOfs: { path: string; options: readonly SchemaNode[] }[] = []
  readonly #budget: PatternBudget = { states: 1000, steps: 500_000 }
  #nodes = 0
  #values = 0

  constructor(root: Json) {
    this.#root = root
    const rest = this.#any
    this.#any.options.push(
      literals([true, false], 'boolean'),
      literals([null], 'null'),
      { kind: 'scan', scanner: readNumber({}, false, ''), type: 'number' },
      { kind: 'scan', scanner: this.#anyKey, type: 'string' },
      { kind: 'array', prefix: [], rest, min: 0, max: Infinity },
      { kind: 'object', members: [], rest, otherKey: this.#anyKey },
    )
  }

  /** @throws InputError `SCHEMA_UNSUPPORTED`, naming keyword and path */
  read(): SchemaNode {
    const node = this.#read(this.#root, '', 0)
    // Only now are the nodes that refer to each other whole.
    for (const { path, options } of this.#oneOfs) {
      const clash = options.findIndex((option, index) => options.slice(0, index).some((other) => !provablyApart(option, other)))
      if (clash >= 0) schemaError(`${path}/oneOf/${clash}`, 'a document may be valid under two alternatives of "oneOf"; use "anyOf", or tell them apart by type or by a required property with a const')
    }
    return node
  }

  #read(schema: Json | undefined, path: string, depth: number): SchemaNode {
    if (++this.#nodes > maxNodes) schemaError(path, `it has more than ${maxNodes} parts`)
    if (depth > maxDepth) schemaError(path, `it nests more than ${maxDepth} levels`)
    if (schema === true) return this.#any
    if (schema === false) return { kind: 'choice', options: [] }
    if (!isObject(schema)) return schemaError(path, 'a schema must be an object, true or false')
    const deciding = decidingKeywords(schema, path)
    if (deciding.length === 0) return this.#any
    if (schema.$ref !== undefined) return this.#reference(schema.$ref, path, depth)
    for (const keyword of ['anyOf', 'oneOf', 'allOf'] as const) if (schema[keyword] !== undefined) return this.#combined(schema, keyword, path, depth)
    if (schema.const !== undefined || schema.enum !== undefined) return this.#listed(schema, path)
    const options = typesOf(schema, path).map((type) => this.#typed(schema, type, path, depth))
    return options.length === 1 ? options[0]! : { kind: 'choice', options }
  }

  #reference(reference: Json, path: string, depth: number): SchemaNode {
    if (typeof reference !== 'string' || !/^#(\/|$)/.test(reference)) return schemaError(path, 'a "$ref" must begin with # and point into this schema')
    const known = this.#referred.get(reference)
    if (known) return known
    const node: SchemaNode & { kind: 'choice' } = { kind: 'choice', options: [] }
    this.#referred.set(reference, node)
    let target: Json | undefined = this.#root
    for (const part of reference.split('/').slice(1)) {
      const key = decodePointer(part) ?? schemaError(path, `the "$ref" ${reference} is not well formed`)
      target = Array.isArray(target) ? (target[Number(key)] as Json | undefined) : isObject(target) && Object.hasOwn(target, key) ? target[key] : undefined
    }
    if (target === undefined) schemaError(path, `the "$ref" ${reference} points to nothing`)
    node.options.push(this.#read(target, reference.slice(1), depth + 1))
    return node
  }

  #combined(schema: SchemaObject, keyword: 'anyOf' | 'oneOf' | 'allOf', path: string, depth: number): SchemaNode {
    const list = listKeyword(schema, keyword, path) ?? []
    if (list.length === 0 || list.length > maxOptions) schemaError(path, `"${keyword}" must list 1 to ${maxOptions} schemas`)
    if (keyword === 'allOf' && list.length > 1) schemaError(path, '"allOf" of more than one schema is not supported')
    const options = list.map((option, index) => this.#read(option, `${path}/${keyword}/${index}`, depth + 1))
    if (keyword === 'oneOf') this.#oneOfs.push({ path, options })
    return { kind: 'choice', options }
  }

  #listed(schema: SchemaObject, path: string): SchemaNode {
    const list = schema.const !== undefined ? [schema.const] : (listKeyword(schema, 'enum', path) ?? [])
    this.#values += list.length
    if (this.#values > maxValues) schemaError(path, `const and enum list more than ${maxValues} values in all`)
    const allowed = schema.type === undefined ? undefined : typesOf(schema, path)
    const values = list.filter((value) => !allowed || allowed.includes(typeOf(value)) || (allowed.includes('integer') && Number.isInteger(value)))
    const kinds = new Set(values.map(typeOf))
    return literals(values, kinds.size === 1 ? [...kinds][0]! : 'mixed')
  }

  #typed(schema: SchemaObject, type: (typeof types)[number], path: string, depth: number): SchemaNode {
    if (type === 'null') return literals([null], type)
    if (type === 'boolean') return literals([true, false], type)
    if (type === 'array') return this.#array(schema, path, depth)
    if (type === 'object') return this.#object(schema, path, depth)
    if (type === 'string') {
      const scanner = readText(schema, path, this.#budget)
      return scanner.possible ? { kind: 'scan', scanner, type } : { kind: 'choice', options: [] }
    }
    const scanner = readNumber(schema, type === 'integer', path)
    return scanner.possible ? { kind: 'scan', scanner, type: 'number' } : { kind: 'choice', options: [] }
  }

  #array(schema: SchemaObject, path: string, depth: number): SchemaNode {
    if (schema.uniqueItems !== undefined && schema.uniqueItems !== false) schemaError(path, 'the keyword "uniqueItems" is not supported')
    const prefix = (listKeyword(schema, 'prefixItems', path) ?? []).map((item, index) => this.#read(item, `${path}/prefixItems/${index}`, depth + 1))
    if (Array.isArray(schema.items)) schemaError(path, 'a list as "items" is not supported; use "prefixItems"')
    const rest = schema.items === undefined ? this.#any : schema.items === false ? null : this.#read(schema.items, `${path}/items`, depth + 1)
    return { kind: 'array', prefix, rest, min: countKeyword(schema, 'minItems', path, 0), max: countKeyword(schema, 'maxItems', path, Infinity) }
  }

  #object(schema: SchemaObject, path: string, depth: number): SchemaNode {
    const { properties = {}, additionalProperties = true } = schema
    if (!isObject(properties)) return schemaError(path, '"properties" must be an object')
    const required = new Set((listKeyword(schema, 'required', path) ?? []).map((name) => (typeof name === 'string' ? name : schemaError(path, '"required" must list names'))))
    const rest = additionalProperties === false ? null : this.#read(additionalProperties, `${path}/additionalProperties`, depth + 1)
    const members: ObjectMember[] = Object.entries(properties).map(([key, value]) => ({ key, value: this.#read(value, `${path}/properties/${escapePointer(key)}`, depth + 1), required: required.has(key) }))
    const undeclared = [...required].filter((key) => !Object.hasOwn(properties, key))
    if (undeclared.length > maxOptions) schemaError(path, `"required" lists more than ${maxOptions} names without a property`)
    for (const key of undeclared) members.push({ key, value: rest ?? { kind: 'choice', options: [] }, required: true })
    const otherKey = members.length === 0 || !rest ? this.#anyKey : new TextScanner(textLanguage(exceptTexts(members.map(({ key }) => key)), 0, Infinity))
    return { kind: 'object', members, rest, otherKey }
  }
}

function literals(values: readonly Json[], type: JsonType | 'mixed'): SchemaNode {
  const texts = values.map((value) => JSON.stringify(value))
  return texts.length === 0 ? { kind: 'choice', options: [] } : { kind: 'scan', scanner: LiteralScanner.of(texts), texts, type }
}

function typesOf(schema: SchemaObject, path: string): (typeof types)[number][] {
  const given = schema.type === undefined ? types.slice(0, 6) : Array.isArray(schema.type) ? schema.type : [schema.type]
  const wrong = given.find((type) => !types.includes(type as 'null'))
  if (wrong !== undefined || given.length === 0) schemaError(path, `${JSON.stringify(wrong ?? given)} is not a type`)
  return [...new Set(given as (typeof types)[number][])].filter((type) => type !== 'integer' || !given.includes('number'))
}

function typeOf(value: Json): JsonType {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : (typeof value as JsonType)
}

const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

function decodePointer(part: string): string | undefined {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
  } catch {
    return undefined
  }
}
