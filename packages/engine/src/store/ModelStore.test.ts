import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { writeTinyModel } from '../fixtures/writeTinyModel.ts'
import { findModelFile, modelStoreOf } from './findModelFile.ts'
import { ModelStore } from './ModelStore.ts'
import { nameFrom } from './StoredModel.ts'

const root = mkdtempSync(join(tmpdir(), 'openledger-store-'))
afterAll(() => rmSync(root, { recursive: true }))
const file = join(root, 'Tiny Model.gguf')
writeTinyModel(file)
const code = (value: string) => expect.objectContaining({ code: value }) as Error

let store: ModelStore
let count = 0
beforeEach(() => (store = new ModelStore(join(root, String(count++)))))

async function add(name: string, path = file) {
  const { draft, sha256, bytes } = await store.copy(path)
  return store.keep(draft, { name, sha256, bytes, source: { kind: 'file', path }, addedAt: 1, notes: [] })
}

describe('ModelStore', () => {
  it('keeps one file for equal content, until the last name goes', async () => {
    const first = await add('one')
    await add('two')
    const files = join(store.folder, 'files')
    expect(readdirSync(files)).toEqual([`${first.sha256}.gguf`])
    expect(readFileSync(store.pathOf(first)).equals(readFileSync(file))).toBe(true)
    expect((await store.list()).map(({ name }) => name)).toEqual(['one', 'two'])
    expect(await store.remove('one')).toBe(0)
    expect(await store.remove('two')).toBe(first.bytes)
    expect(readdirSync(files)).toEqual([])
    await expect(store.remove('two')).rejects.toThrow(code('NO_MODEL'))
  })

  it('refuses what is no model, names that are taken and names that are none', async () => {
    await add('one')
    const other = join(root, 'other.gguf')
    writeTinyModel(other, { seed: 2 })
    await expect(add('one', other)).rejects.toThrow(code('MODEL_EXISTS'))
    await expect(add('../escape')).rejects.toThrow(code('MODEL_NAME'))
    await expect(store.checkFree('one')).rejects.toThrow(code('MODEL_EXISTS'))
    expect(await store.find('../one')).toBeNull()
    const broken = join(root, 'broken.gguf')
    writeFileSync(broken, readFileSync(file).subarray(0, 9000))
    await expect(add('broken', broken)).rejects.toThrow(code('GGUF_OFFSET'))
    await expect(add('missing', join(root, 'missing'))).rejects.toThrow()
    expect(readdirSync(join(store.folder, 'files'))).toHaveLength(1)
    expect((await store.list()).map(({ name }) => name)).toEqual(['one'])
  })

  it('notices a file that has changed', async () => {
    const model = await add('one')
    expect((await store.verify('one')).sha256).toBe(model.sha256)
    appendFileSync(store.pathOf(model), 'x')
    await expect(store.verify('one')).rejects.toThrow(code('MODEL_DAMAGED'))
    rmSync(store.pathOf(model))
    await expect(store.verify('one')).rejects.toThrow(code('MODEL_DAMAGED'))
  })

  it('clears away what a broken-off call left, and nothing while a description is damaged', async () => {
    const model = await add('one')
    const left = join(store.folder, 'files', 'incoming-left')
    writeFileSync(left, 'half')
    writeFileSync(join(store.folder, 'names', 'bad.json'), '{')
    await store.incoming()
    expect(existsSync(left)).toBe(true)
    await expect(store.list()).rejects.toThrow(code('MODEL_RECORD'))
    rmSync(join(store.folder, 'names', 'bad.json'))
    await store.incoming()
    expect(existsSync(left)).toBe(false)
    expect(existsSync(store.pathOf(model))).toBe(true)
  })
})

describe('findModelFile', () => {
  it('takes a stored name, then a path', async () => {
    const model = await add('one')
    expect(await findModelFile(store, 'one')).toEqual({ path: store.pathOf(model), name: 'one' })
    expect(await findModelFile(store, file)).toEqual({ path: file, name: 'tiny-model' })
    await expect(findModelFile(store, root)).rejects.toThrow(code('NO_MODEL'))
    await expect(findModelFile(store, 'two')).rejects.toThrow(code('NO_MODEL'))
    expect(modelStoreOf('/data', {}).folder).toBe('/data/bases')
    expect(modelStoreOf('/data', { OPENLEDGER_MODELS: '/elsewhere' }).folder).toBe('/elsewhere')
  })

  it('makes names of anything', () => {
    expect(['HuggingFaceTB/SmolLM2-135M-Instruct', '/a/b/Model Q8_0.gguf', '..', ''].map(nameFrom)).toEqual(['smollm2-135m-instruct', 'model-q8_0', 'model', 'model'])
  })
})
