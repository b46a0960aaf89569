import serialize from 'canonicalize'
import { fail } from '../errors/fail.ts'
import { utf8, type Hex } from './bytes.ts'
import { keccak } from './hash.ts'

/** A value that canonical JSON can carry. Money travels as a decimal string. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

const maxDepth = 64

function text(value: string): string {
  if (!value.isWellFormed()) fail('BAD_UNICODE', 'text holds half of a surrogate pair')
  return value.normalize('NFC')
}

function normalize(value: unknown, depth: number): unknown {
  if (depth > maxDepth) fail('JSON_TOO_DEEP', `JSON may nest ${maxDepth} levels`)
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'string') return text(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : fail('BAD_NUMBER', 'JSON has no NaN and no infinity')
  if (typeof value === 'bigint') fail('BAD_NUMBER', 'write big integers as decimal strings')
  if (Array.isArray(value)) return Array.from(value, (item) => normalize(item, depth + 1))
  const kind: unknown = typeof value === 'object' ? Object.getPrototypeOf(value) : undefined
  if (kind !== null && kind !== Object.prototype) fail('BAD_JSON', 'JSON holds text, numbers, true, false, null, lists and plain objects only')
  const out = Object.entries(value as object)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => [text(key), normalize(item, depth + 1)] as const)
  if (new Set(out.map(([key]) => key)).size !== out.length) fail('DUPLICATE_KEY', 'two keys are the same after NFC')
  return Object.fromEntries(out)
}

/** Canonical JSON text (RFC 8785) with every string in NFC; fails on what JSON cannot say. */
export function canonicalJson(value: Json): string {
  return serialize(normalize(value, 0)) ?? fail('BAD_JSON', 'the value cannot be written as JSON')
}

/** keccak-256 of the canonical JSON of a value. */
export function hashJson(value: Json): Hex {
  return keccak(utf8(canonicalJson(value)))
}
