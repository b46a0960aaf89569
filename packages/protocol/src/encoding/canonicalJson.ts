import serialize from 'canonicalize'
import { fail } from '../errors/fail.ts'
import { utf8, type Hex } from './bytes.ts'
import { keccak } from './hash.ts'

/** A value that canonical JSON can carry. Money travels as a decimal string. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

const maxDepth = 64

function normalize(value: unknown, depth: number): unknown {
  if (depth > maxDepth) fail('JSON_TOO_DEEP', `JSON may nest ${maxDepth} levels`)
  if (typeof value === 'string') {
    if (!value.isWellFormed()) fail('BAD_UNICODE', 'text holds half of a surrogate pair')
    return value.normalize('NFC')
  }
  if (typeof value === 'number' && !Number.isFinite(value)) fail('BAD_NUMBER', 'JSON has no NaN and no infinity')
  if (typeof value === 'bigint') fail('BAD_NUMBER', 'write big integers as decimal strings')
  if (Array.isArray(value)) return value.map((item) => normalize(item, depth + 1))
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined)
    const out = entries.map(([key, item]) => [key.normalize('NFC'), normalize(item, depth + 1)] as const)
    if (new Set(out.map(([key]) => key)).size !== out.length) fail('DUPLICATE_KEY', 'two keys are the same after NFC')
    return Object.fromEntries(out)
  }
  return value
}

/** Canonical JSON text (RFC 8785) with every string in NFC; fails on what JSON cannot say. */
export function canonicalJson(value: Json): string {
  const text = serialize(normalize(value, 0))
  if (text === undefined) fail('BAD_JSON', 'the value cannot be written as JSON')
  return text
}

/** keccak-256 of the canonical JSON of a value. */
export function hashJson(value: Json): Hex {
  return keccak(utf8(canonicalJson(value)))
}
