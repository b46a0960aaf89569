import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { access, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fail, OpenLedgerError, StorageError } from '@openledger/protocol'
import { hashFile } from '../files/hashFile.ts'
import { writeAtomically } from '../files/writeAtomically.ts'
import { checkModelFile } from '../model/checkModelFile.ts'
import { modelNamePattern, parseStoredModel, type StoredModel } from './StoredModel.ts'

export type CopyProgress = (done: number, total: number) => void

/**
 * Base models in one folder: GGUF files by the hash of their content, and names that point to them. Several names can share a file.
 * Reading needs no lock; whoever adds or removes holds one on the folder.
 */
export class ModelStore {
  readonly folder: string
  readonly #files: string
  readonly #names: string

  constructor(folder: string) {
    this.folder = folder
    this.#files = join(folder, 'files')
    this.#names = join(folder, 'names')
  }

  /** Where unfinished downloads lie. */
  get downloads(): string {
    return join(this.folder, 'downloads')
  }

  /** Where a model's file lies. */
  pathOf({ sha256 }: Pick<StoredModel, 'sha256'>): string {
    return join(this.#files, `${sha256}.gguf`)
  }

  /** All models, by name. @throws InputError `MODEL_RECORD` */
  async list(): Promise<StoredModel[]> {
    const names = await readdir(this.#names).catch(() => [])
    return Promise.all(names.filter((name) => name.endsWith('.json')).sort().map((name) => this.#read(join(this.#names, name))))
  }

  /** The model of a name; null when there is none. */
  async find(name: string): Promise<StoredModel | null> {
    if (!modelNamePattern.test(name)) return null
    const path = join(this.#names, `${name}.json`)
    return (await access(path).then(() => true, () => false)) ? this.#read(path) : null
  }

  /** The model of a name. @throws InputError `NO_MODEL` */
  async need(name: string): Promise<StoredModel> {
    return (await this.find(name)) ?? fail('NO_MODEL', `there is no model "${name.slice(0, 80)}" in ${this.folder}`, { fix: 'see openledger models list, or add it with openledger models add' })
  }

  /** A place in the store for a file that is being made; what an earlier, broken-off call left there is removed first. */
  async incoming(): Promise<string> {
    await mkdir(this.#files, { recursive: true })
    await this.#sweep()
    return join(this.#files, `incoming-${randomBytes(6).toString('hex')}`)
  }

  /**
   * Copies a GGUF file into the store's own disk space, hashing it on the way.
   * @returns what `keep` needs
   */
  async copy(path: string, onProgress?: CopyProgress): Promise<{ draft: string; sha256: string; bytes: number }> {
    const draft = await this.incoming()
    const { size } = await stat(path)
    const hash = createHash('sha256')
    let done = 0
    const count = new Transform({
      transform(chunk: Buffer, _, next) {
        hash.update(chunk)
        onProgress?.((done += chunk.length), size)
        next(null, chunk)
      },
    })
    try {
      await pipeline(createReadStream(path, { highWaterMark: 4 << 20 }), count, createWriteStream(draft, { mode: 0o600, flush: true }))
    } catch (cause) {
      await rm(draft, { force: true })
      throw new StorageError('WRITE_FAILED', `${path} cannot be copied into ${this.folder}`, { cause, action: 'retry', fix: 'check the permissions and the space on the disk' })
    }
    return { draft, sha256: hash.digest('hex'), bytes: done }
  }

  /**
   * Takes a finished file of the store's folder in, under a name. The file is checked as loading will check it, before anything changes.
   * @throws InputError `MODEL_NAME`, `MODEL_EXISTS` when the name stands for another file, `GGUF_*`, `MODEL_*`, `TOKENIZER`
   */
  async keep(draft: string, model: StoredModel): Promise<StoredModel> {
    try {
      this.#checkName(model.name)
      checkModelFile(draft)
      const known = await this.find(model.name)
      if (known && known.sha256 !== model.sha256) fail('MODEL_EXISTS', `the name ${model.name} belongs to another model`, { fix: `choose another with --name, or remove that one: openledger models remove ${model.name}` })
      await rename(draft, this.pathOf(model))
    } catch (error) {
      await rm(draft, { force: true })
      throw error
    }
    writeAtomically(join(this.#names, `${model.name}.json`), [Buffer.from(`${JSON.stringify(model, null, 2)}\n`, 'utf8')])
    return model
  }

  /** Fails early where `keep` would fail for the name. */
  async checkFree(name: string): Promise<void> {
    this.#checkName(name)
    if (await this.find(name)) fail('MODEL_EXISTS', `the name ${name} belongs to a model already`, { fix: `choose another with --name, or remove that one: openledger models remove ${name}` })
  }

  /** Removes a name, and its file when no other name stands for it. @returns bytes set free @throws InputError `NO_MODEL` */
  async remove(name: string): Promise<number> {
    const model = await this.need(name)
    await rm(join(this.#names, `${name}.json`), { force: true })
    const shared = (await this.list()).some(({ sha256 }) => sha256 === model.sha256)
    if (!shared) await rm(this.pathOf(model), { force: true })
    return shared ? 0 : model.bytes
  }

  /** Reads a model's whole file again. @throws StorageError `MODEL_DAMAGED`, InputError `NO_MODEL`, and what `checkModelFile` throws */
  async verify(name: string, onProgress?: CopyProgress): Promise<StoredModel> {
    const model = await this.need(name)
    const path = this.pathOf(model)
    const damaged = (why: string, cause?: unknown): never => {
      throw new StorageError('MODEL_DAMAGED', `the file of ${name} ${why}`, { cause, action: 'fix', fix: `remove it with openledger models remove ${name} and add it again` })
    }
    const hash = await hashFile(path, (done) => onProgress?.(done, model.bytes)).catch((cause: unknown) => damaged('cannot be read', cause))
    if (hash !== `0x${model.sha256}`) damaged('is not what was stored: its hash differs')
    checkModelFile(path)
    return model
  }

  #checkName(name: string): void {
    if (!modelNamePattern.test(name)) fail('MODEL_NAME', `"${name.slice(0, 80)}" is no name for a model`, { field: '--name', fix: 'use lower-case letters, digits, dots, hyphens and underscores' })
  }

  async #read(path: string): Promise<StoredModel> {
    const text = await readFile(path, 'utf8').catch((cause: unknown) => {
      throw new StorageError('MODEL_RECORD', `${path} cannot be read`, { cause })
    })
    return parseStoredModel(text, path)
  }

  /** Removes files that no name stands for. */
  async #sweep(): Promise<void> {
    const models = await this.list().catch((error: unknown) => {
      // A damaged description may stand for any file: nothing is removed then.
      if (error instanceof OpenLedgerError) return null
      throw error
    })
    if (!models) return
    const kept = new Set(models.map(({ sha256 }) => `${sha256}.gguf`))
    for (const name of await readdir(this.#files)) if (!kept.has(name)) await rm(join(this.#files, name), { force: true, recursive: true })
  }
}
