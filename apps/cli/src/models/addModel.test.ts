import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ModelStore } from '@openledger/engine'
import { writeHubFolder, writeTinyModel } from '@openledger/engine/fixtures'
import { FakeHub } from '../testing/FakeHub.ts'
import { addModel, type AddModelOptions } from './addModel.ts'

const root = mkdtempSync(path.join(tmpdir(), 'openledger-models-'))
const token = 'hf_secretsecretsecret'
let hub: FakeHub
let gguf: Buffer
let folderFiles: Record<string, Uint8Array>
beforeAll(async () => {
  hub = await FakeHub.start()
  const file = path.join(root, 'tiny.gguf')
  writeTinyModel(file)
  gguf = readFileSync(file)
  const folder = path.join(root, 'folder')
  writeHubFolder(folder, { family: 'smollm', shards: 2 })
  folderFiles = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name))]))
})
afterAll(async () => {
  await hub.stop()
  rmSync(root, { recursive: true })
})

let store: ModelStore
let count = 0
let waits: number[]
beforeEach(() => {
  store = new ModelStore(path.join(root, `store-${count++}`))
  waits = []
  hub.serve({ 'model-q8_0.gguf': gguf })
  hub.seen.length = 0
})
afterEach(() => {
  Object.assign(hub, { token: null, lie: null, ranges: true, retryAfter: '0' })
  hub.cuts.length = 0
  hub.statuses.length = 0
})

const add = (what: string, environment: Record<string, string> = {}, more: Partial<AddModelOptions> = {}) =>
  addModel(store, what, {
    environment: { HF_ENDPOINT: hub.endpoint, HF_HOME: path.join(root, 'nothing'), ...environment },
    now: () => 7,
    world: { sleep: (milliseconds) => Promise.resolve(waits.push(milliseconds)) },
    ...more,
  })
const code = (value: string) => expect.objectContaining({ code: value }) as Error
const downloads = (): string[] => (existsSync(store.downloads) ? readdirSync(store.downloads, { recursive: true }).map(String) : [])
const fileRequests = () => hub.seen.filter(({ host }) => host === 'files')

describe('a model of a hub', () => {
  it('comes by redirect from another host, which never sees the token', async () => {
    hub.token = token
    const model = await add('org/model', { HF_TOKEN: token })
    expect(model).toMatchObject({ name: 'model', sha256: createHash('sha256').update(gguf).digest('hex'), addedAt: 7, source: { kind: 'hub', repository: 'org/model', revision: 'main', commit: hub.commit, file: 'model-q8_0.gguf' } })
    expect(readFileSync(store.pathOf(model)).equals(gguf)).toBe(true)
    expect(hub.seen.filter(({ host }) => host === 'hub').every(({ authorization }) => authorization === `Bearer ${token}`)).toBe(true)
    expect(fileRequests().map(({ authorization }) => authorization)).toEqual([undefined])
    expect(downloads()).toEqual([])
    for (const name of readdirSync(store.folder, { recursive: true }).map(String)) if (name.endsWith('.json')) expect(readFileSync(path.join(store.folder, name), 'utf8')).not.toContain(token)
  })

  it('goes on after cuts, and after the program was ended', async () => {
    hub.cuts.push(50_000, 30_000)
    await add('org/model')
    expect(fileRequests().map(({ range }) => range)).toEqual([undefined, 'bytes=50000-', 'bytes=80000-'])
    expect(fileRequests()[1]!.ifRange).toMatch(/^"[0-9a-f]{16}"$/)
    await store.remove('model')
    hub.seen.length = 0
    const stop = new AbortController()
    hub.cuts.push(60_000)
    await expect(add('org/model', {}, { world: { signal: stop.signal, sleep: () => Promise.resolve(stop.abort()) } })).rejects.toThrow(code('CANCELLED'))
    expect(downloads().some((name) => name.endsWith('.part'))).toBe(true)
    expect(await store.list()).toEqual([])
    await add('org/model')
    expect(fileRequests().map(({ range }) => range)).toEqual([undefined, 'bytes=60000-'])
    expect((await store.verify('model')).bytes).toBe(gguf.length)
  })

  it('starts again where the file has changed, ranges are not known, or the part is too long', async () => {
    const stop = () => ({ world: { sleep: () => Promise.reject(new Error('ended')) } })
    hub.cuts.push(60_000)
    await expect(add('org/model', {}, stop())).rejects.toThrow('ended')
    const other = path.join(root, 'other.gguf')
    writeTinyModel(other, { seed: 5 })
    hub.serve({ 'model-q8_0.gguf': readFileSync(other) })
    const model = await add('org/model')
    expect(readFileSync(store.pathOf(model)).equals(readFileSync(other))).toBe(true)
    await store.remove('model')
    hub.ranges = false
    hub.cuts.push(60_000)
    await add('org/model')
    await store.remove('model')
    const part = (): string => path.join(store.downloads, downloads().find((name) => name.endsWith('.part'))!)
    hub.cuts.push(60_000)
    await expect(add('org/model', {}, stop())).rejects.toThrow('ended')
    writeFileSync(part(), Buffer.alloc(gguf.length + 5))
    await add('org/model')
  })

  it('is refused, and thrown away, when its hash is another', async () => {
    hub.lie = 'a'.repeat(64)
    await expect(add('org/model')).rejects.toThrow(code('DOWNLOAD_DAMAGED'))
    expect(downloads().filter((name) => name.includes('.gguf'))).toEqual([])
    expect(await store.list()).toEqual([])
    hub.lie = null
    hub.serve({ ...folderFiles })
    const config = hub.files.get('config.json')!
    // The tree was read before the small file changed.
    const { bytes } = config
    Object.defineProperty(config, 'bytes', { get: () => (hub.seen.at(-1)!.url.includes('/resolve/') ? Buffer.from(bytes.toString().replace('512', '513')) : bytes) })
    await expect(add('org/model')).rejects.toThrow(code('DOWNLOAD_DAMAGED'))
  })

  it('says what an answer of the hub means', async () => {
    for (const [status, expected] of [[401, 'HUB_TOKEN'], [403, 'HUB_FORBIDDEN'], [404, 'HUB_NOT_FOUND'], [418, 'HUB_REFUSED']] as const) {
      hub.statuses.push(status)
      await expect(add('org/model')).rejects.toThrow(code(expected))
    }
    hub.retryAfter = '7'
    hub.statuses.push(429, 503)
    await add('org/model')
    expect(waits).toEqual([7000, 7000])
    hub.statuses.push(429, 429, 429, 429)
    await expect(add('org/model', {}, { name: 'again' })).rejects.toThrow(code('HUB_BUSY'))
    await expect(add('org/model', { HF_ENDPOINT: 'http://127.0.0.1:9' }, { name: 'again' })).rejects.toThrow(code('HUB_AWAY'))
    await expect(add('org/model', { HF_ENDPOINT: 'ftp://hub' }, { name: 'again' })).rejects.toThrow(code('HUB_ENDPOINT'))
    await expect(add('no such thing')).rejects.toThrow(code('HUB_ID'))
    await expect(add('org/../model')).rejects.toThrow(code('HUB_ID'))
  })

  it('is fetched as a folder and converted, or chosen among files', async () => {
    hub.serve({ ...folderFiles, 'README.md': Buffer.from('not needed'), 'pytorch_model.bin': Buffer.from('not needed') })
    const model = await add('org/model', {}, { type: 'Q8_0' })
    expect(model.bytes).toBeGreaterThan(1000)
    expect(hub.seen.some(({ url }) => url.includes('README') || url.includes('pytorch'))).toBe(false)
    await store.verify('model')
    hub.serve({ ...folderFiles, 'a-q8_0.gguf': gguf, 'b-q4_0.gguf': gguf, 'c-00001-of-00002.gguf': gguf })
    await expect(add('org/model', {}, { name: 'second' })).rejects.toThrow(expect.objectContaining({ code: 'HUB_CHOICE', fix: expect.stringMatching(/a-q8_0\.gguf[^]*b-q4_0\.gguf[^]*:safetensors/) as string }) as Error)
    expect((await add('org/model:Q8_0', {}, { name: 'second' })).source).toMatchObject({ file: 'a-q8_0.gguf' })
    await expect(add('org/model:c-0', {}, { name: 'third' })).rejects.toThrow(code('HUB_SPLIT'))
    expect((await add('org/model:safetensors', {}, { name: 'third' })).source).not.toHaveProperty('file')
    hub.serve({ 'pytorch_model.bin': Buffer.from('x') })
    await expect(add('org/model', {}, { name: 'fourth' })).rejects.toThrow(code('HUB_NO_MODEL'))
  })

  it('is not begun on a disk that is too small, or under a name that is taken', async () => {
    await expect(add('org/model', {}, { freeSpace: () => Promise.resolve(1000) })).rejects.toThrow(code('NO_SPACE'))
    expect(fileRequests()).toEqual([])
    await add('org/model')
    await expect(add('org/model')).rejects.toThrow(code('MODEL_EXISTS'))
    expect(fileRequests()).toHaveLength(1)
  })

  it('is taken from the cache of other programs, and from there alone without a network', async () => {
    const cache = path.join(root, 'cache')
    const place = path.join(cache, 'models--org--model')
    const blob = path.join(place, 'blobs', 'x')
    mkdirSync(path.join(place, 'snapshots', hub.commit), { recursive: true })
    mkdirSync(path.join(place, 'blobs'))
    mkdirSync(path.join(place, 'refs'))
    writeFileSync(path.join(place, 'refs', 'main'), hub.commit)
    writeFileSync(blob, gguf)
    symlinkSync(blob, path.join(place, 'snapshots', hub.commit, 'model-q8_0.gguf'))
    await add('org/model', { HF_HUB_CACHE: cache })
    expect(fileRequests()).toEqual([])
    await store.remove('model')
    hub.seen.length = 0
    await add('org/model', { HF_HUB_CACHE: cache, HF_HUB_OFFLINE: '1' })
    expect(hub.seen).toEqual([])
    await expect(add('org/other', { HF_HUB_CACHE: cache, HF_HUB_OFFLINE: '1' })).rejects.toThrow(code('HUB_OFFLINE'))
    // A damaged copy in the cache is not taken while the hub can be asked.
    writeFileSync(blob, Buffer.alloc(gguf.length))
    await add('org/model', { HF_HUB_CACHE: cache }, { name: 'fresh' })
    expect(fileRequests()).toHaveLength(1)
  })
})

describe('a model of this disk', () => {
  it('is a file or a folder', async () => {
    expect(await add(path.join(root, 'tiny.gguf'))).toMatchObject({ name: 'tiny', source: { kind: 'file' } })
    expect(await add(path.join(root, 'folder'), {}, { name: 'converted' })).toMatchObject({ name: 'converted', source: { kind: 'folder' } })
    await expect(add(path.join(root, 'tiny.gguf'), {}, { type: 'Q8_0', name: 'x' })).rejects.toThrow(code('MODEL_TYPE'))
    expect((await store.list()).map(({ name }) => name)).toEqual(['converted', 'tiny'])
  })
})
