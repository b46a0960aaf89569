import { fail } from '@openledger/protocol'
import type { GgufFile } from './readGguf.ts'

/** Typed access to the metadata of a GGUF file; each getter fails with `GGUF_METADATA` on a missing or wrong value. */
export type MetadataReader = {
  number(key: string, fallback?: number): number
  text(key: string, fallback?: string): string
  has(key: string): boolean
}

/** Makes the typed reader of a file's metadata. */
export function metadataOf(file: GgufFile): MetadataReader {
  const missing = (key: string, kind: string): never => fail('GGUF_METADATA', `${file.path} has no ${kind} under ${key}`, { field: key })
  return {
    has: (key) => file.metadata.has(key),
    number(key, fallback) {
      const entry = file.metadata.get(key)
      if (!entry) return fallback ?? missing(key, 'number')
      const value = typeof entry.value === 'bigint' ? Number(entry.value) : entry.value
      return typeof value === 'number' && Number.isFinite(value) ? value : missing(key, 'number')
    },
    text(key, fallback) {
      const entry = file.metadata.get(key)
      if (!entry) return fallback ?? missing(key, 'text')
      return entry.type === 'string' ? entry.value : missing(key, 'text')
    },
  }
}
