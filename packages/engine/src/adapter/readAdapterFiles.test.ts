import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { keccak } from '@openledger/protocol'
import { randomAdapter } from '../fixtures/randomAdapter.ts'
import { writeTinyModel } from '../fixtures/writeTinyModel.ts'
import { readGguf } from '../gguf/readGguf.ts'
import { readModelConfig } from '../model/ModelConfig.ts'
import { encodeGgufAdapter } from './ggufAdapter.ts'
import { readPeftFolder, writePeftFolder } from './peftFolder.ts'
import { readAdapterFiles } from './readAdapterFiles.ts'

const folder = mkdtempSync(join(tmpdir(), 'openledger-adapter-files-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeTinyModel(join(folder, 'tiny.gguf'))
const base = { id: keccak(new Uint8Array([1])), config: readModelConfig(readGguf(join(folder, 'tiny.gguf'))) }
const adapter = randomAdapter(base, { rank: 2 })
const place = join(folder, 'adapter')
const tensors = join(place, 'adapter_model.safetensors')
beforeEach(() => {
  rmSync(place, { recursive: true, force: true })
  writePeftFolder(place, adapter, base)
})

describe('readAdapterFiles', () => {
  it('reads what the other readers read', async () => {
    const read = await readAdapterFiles(place, base)
    expect(read.adapter).toEqual(readPeftFolder(place, base))
    expect(read.fileBytes).toBe(readFileSync(tensors).length + readFileSync(join(place, 'adapter_config.json')).length)
    const file = join(folder, 'adapter.gguf')
    writeFileSync(file, encodeGgufAdapter(adapter, 'llama'))
    expect((await readAdapterFiles(file, base)).adapter.id).toBe(adapter.id)
  })

  it('tells changed files apart by their fingerprint', async () => {
    const { fingerprint } = await readAdapterFiles(place, base)
    expect((await readAdapterFiles(place, base)).fingerprint).toBe(fingerprint)
    writePeftFolder(place, randomAdapter(base, { rank: 2, seed: 8 }), base)
    expect((await readAdapterFiles(place, base)).fingerprint).not.toBe(fingerprint)
  })

  it('follows a link inside of the folder and to the folder, and none out of it', async () => {
    symlinkSync(place, join(folder, 'link'))
    renameSync(tensors, join(place, 'blob'))
    symlinkSync('blob', tensors)
    expect((await readAdapterFiles(join(folder, 'link'), base)).adapter.id).toBe(adapter.id)
    cpSync(join(place, 'blob'), join(folder, 'blob'))
    rmSync(tensors)
    symlinkSync('../blob', tensors)
    await expect(readAdapterFiles(place, base)).rejects.toMatchObject({ code: 'FILE_OUTSIDE' })
  })

  it.each<[string, string, () => void]>([
    ['a cut file', 'SAFETENSORS_TRUNCATED', () => truncateSync(tensors, 4000)],
    ['a file cut in its header', 'FILE_TRUNCATED', () => truncateSync(tensors, 40)],
    ['an empty file', 'FILE_TRUNCATED', () => truncateSync(tensors, 0)],
    ['a missing file', 'FILE_UNREADABLE', () => rmSync(tensors)],
    ['a missing folder', 'FILE_UNREADABLE', () => rmSync(place, { recursive: true })],
    ['a folder for a file', 'FILE_UNREADABLE', () => (rmSync(tensors), mkdirSync(tensors))],
    ['a pipe without a writer', 'FILE_UNREADABLE', () => (rmSync(tensors), execFileSync('mkfifo', [tensors]))],
    ['a pipe for the folder', 'FILE_UNREADABLE', () => (rmSync(place, { recursive: true }), execFileSync('mkfifo', [place]))],
    ['a link in a circle', 'FILE_UNREADABLE', () => (rmSync(tensors), symlinkSync(tensors, tensors))],
    ['a huge configuration', 'ADAPTER_TOO_LARGE', () => writeFileSync(join(place, 'adapter_config.json'), ' '.repeat(2 ** 20 + 1))],
    ['DoRA', 'ADAPTER_CONFIG', () => writeFileSync(join(place, 'adapter_config.json'), JSON.stringify({ peft_type: 'LORA', r: 2, lora_alpha: 2, use_dora: true, target_modules: ['q_proj'] }))],
  ])('refuses %s', async (_, code, change) => {
    change()
    await expect(readAdapterFiles(place, base)).rejects.toMatchObject({ code })
  })

  it('refuses files above a limit', async () => {
    await expect(readAdapterFiles(place, base, 4000)).rejects.toMatchObject({ code: 'ADAPTER_TOO_LARGE' })
  })
})
