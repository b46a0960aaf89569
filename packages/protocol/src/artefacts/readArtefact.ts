import type { z } from 'zod'
import { canonicalJson, type Json } from '../encoding/canonicalJson.ts'
import { utf8 } from '../encoding/bytes.ts'
import { fail } from '../errors/fail.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** The largest artefact that is read, in bytes. */
export const maxArtefactBytes = 256 * 1024 * 1024

/**
 * Reads an artefact from JSON text or an already parsed value; amounts become bigint.
 * @throws InputError BAD_ARTEFACT, naming the first wrong field
 */
export function readArtefact<T extends z.ZodType>(schema: T, source: string | Uint8Array | object): z.output<T> {
  let value: unknown = source
  if (typeof source === 'string' || source instanceof Uint8Array) {
    if (source.length > maxArtefactBytes) fail('ARTEFACT_TOO_LARGE', `an artefact has at most ${maxArtefactBytes} bytes`)
    try {
      value = JSON.parse(typeof source === 'string' ? source : decoder.decode(source))
    } catch (cause) {
      fail('BAD_ARTEFACT', 'the file is not JSON in UTF-8', { cause, fix: 'fetch the file again; it may be cut off' })
    }
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const field = issue?.path.join('.') ?? ''
  fail('BAD_ARTEFACT', `${field || 'the file'}: ${issue?.message ?? 'not valid'}`, { field, fix: 'correct this field, or fetch the file again' })
}

/** A value with its bigints as decimal strings, ready for JSON. */
export function toJson(value: unknown): Json {
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return value.map(toJson)
  if (typeof value === 'object' && value !== null) {
    const plain: Record<string, Json> = {}
    for (const key of Object.keys(value)) {
      const item = (value as Record<string, unknown>)[key]
      if (item === undefined) continue
      // To assign to this name would set the prototype.
      if (key === '__proto__') Object.defineProperty(plain, key, { value: toJson(item), enumerable: true, configurable: true, writable: true })
      else plain[key] = toJson(item)
    }
    return plain
  }
  return value as Json
}

/** Writes an artefact as canonical JSON bytes: the only form in which artefacts are hashed and stored. */
export function writeArtefact(value: object): Uint8Array {
  return utf8(canonicalJson(toJson(value)))
}
