import { fail } from '@openledger/protocol'

/** A JSON object from a file, read field by field with checks; every getter fails with `MODEL_FOLDER` and names file and field. */
export class JsonObject {
  readonly source: string
  readonly fields: Readonly<Record<string, unknown>>

  /** @param source where it stands, for messages */
  constructor(source: string, value: unknown) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) fail('MODEL_FOLDER', `${source} is not a JSON object`)
    this.source = source
    this.fields = value as Record<string, unknown>
  }

  /** Whether a field is there and not null. */
  has(key: string): boolean {
    return this.#get(key) !== undefined
  }

  number(key: string, fallback?: number): number {
    const value = this.#get(key) ?? fallback
    return typeof value === 'number' && Number.isFinite(value) ? value : this.#bad(key, 'a number')
  }

  text(key: string, fallback?: string): string {
    const value = this.#get(key) ?? fallback
    return typeof value === 'string' ? value : this.#bad(key, 'a text')
  }

  flag(key: string, fallback?: boolean): boolean {
    const value = this.#get(key) ?? fallback
    return typeof value === 'boolean' ? value : this.#bad(key, 'true or false')
  }

  list(key: string, fallback?: readonly unknown[]): readonly unknown[] {
    const value = this.#get(key) ?? fallback
    return Array.isArray(value) ? value : this.#bad(key, 'a list')
  }

  /** An object inside this one; null when it is missing or null. */
  object(key: string): JsonObject | null {
    const value = this.#get(key)
    return value === undefined ? null : new JsonObject(`${key} of ${this.source}`, value)
  }

  /** An object that must be there. */
  need(key: string): JsonObject {
    return this.object(key) ?? this.#bad(key, 'an object')
  }

  #get(key: string): unknown {
    return Object.hasOwn(this.fields, key) ? (this.fields[key] ?? undefined) : undefined
  }

  #bad(key: string, kind: string): never {
    return fail('MODEL_FOLDER', `${this.source} has no field "${key}" that is ${kind}`, { field: key })
  }
}
