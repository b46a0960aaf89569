import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { writeFileSafely } from '@openledger/files'
import { receiptSchema, StorageError, type Hex } from '@openledger/protocol'
import { z } from 'zod'

const entrySchema = z.strictObject({
  /** SHA-256 of the key: the key itself is shown once and kept nowhere. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string().min(1).max(64),
  /** The key file that signs this payer's vouchers. */
  payerKey: z.string().min(1).max(64),
  channelId: receiptSchema.shape.channelId,
  createdAt: z.int(),
})
const fileSchema = z.strictObject({ kind: z.literal('openledger/api-keys/1'), keys: z.array(entrySchema) })

/** An application that pays through this node: its API key's hash, and the payer that signs for it. */
export type ApiKeyEntry = z.infer<typeof entrySchema>

const hashKey = (key: string): string => createHash('sha256').update(key).digest('hex')

/** The API keys of payers whose signing key the operator gave to this node. */
export class ApiKeys {
  readonly #file: string
  #entries: ApiKeyEntry[]

  private constructor(file: string, entries: ApiKeyEntry[]) {
    this.#file = file
    this.#entries = entries
  }

  /** Reads the file; none is the same as an empty one. Throws StorageError BAD_API_KEYS. */
  static async open(file: string): Promise<ApiKeys> {
    const text = await readFile(file, 'utf8').catch(() => undefined)
    if (text === undefined) return new ApiKeys(file, [])
    try {
      return new ApiKeys(file, fileSchema.parse(JSON.parse(text)).keys)
    } catch {
      throw new StorageError('BAD_API_KEYS', `${file} is damaged`, { action: 'stop', fix: 'restore it from a copy, or delete it and create the keys again' })
    }
  }

  /** Makes a key; it is returned this once. */
  async create(entry: { name: string; payerKey: string; channelId: Hex; createdAt: number }): Promise<string> {
    const key = `ol-${randomBytes(24).toString('base64url')}`
    await this.#write([...this.#entries, { hash: hashKey(key), ...entry }])
    return key
  }

  /** Whose key this is; undefined when it is nobody's. */
  find(key: string): ApiKeyEntry | undefined {
    const hash = hashKey(key)
    return this.#entries.find((entry) => entry.hash === hash)
  }

  list(): readonly ApiKeyEntry[] {
    return this.#entries
  }

  /** Takes a key back by its name; true when there was one. */
  async revoke(name: string): Promise<boolean> {
    const kept = this.#entries.filter((entry) => entry.name !== name)
    if (kept.length === this.#entries.length) return false
    await this.#write(kept)
    return true
  }

  async #write(entries: ApiKeyEntry[]): Promise<void> {
    await writeFileSafely(this.#file, JSON.stringify({ kind: 'openledger/api-keys/1', keys: entries }, null, 2) + '\n')
    this.#entries = entries
  }
}
