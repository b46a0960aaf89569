import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { conformanceMaxBytes, contentStoreConformance } from './contentStoreConformance.ts'
import type { FolderFiles, OpenFile } from './FolderFiles.ts'
import { FolderStore } from './FolderStore.ts'

const root = await fs.mkdtemp(join(tmpdir(), 'folder-store-'))
let next = 0
const freshFolder = (): string => join(root, String(next++))
const bytes = new TextEncoder().encode('a file of some length')
afterAll(() => fs.rm(root, { recursive: true }))

const everything = async (folder: string): Promise<string[]> =>
  (await fs.readdir(folder, { recursive: true, withFileTypes: true })).filter((e) => e.isFile()).map((e) => e.name)

const broken = (code: string, step: 'writeFile' | 'sync' | 'rename'): FolderFiles => {
  const error = Object.assign(new Error(code), { code })
  return {
    ...fs,
    rename: step === 'rename' ? () => Promise.reject(error) : fs.rename,
    open: async (path, flags): Promise<OpenFile> => {
      const file = await fs.open(path, flags)
      return {
        writeFile: async (data) => {
          await file.writeFile(data.subarray(0, step === 'writeFile' ? 5 : data.length))
          if (step === 'writeFile') throw error
        },
        sync: () => (step === 'sync' ? Promise.reject(error) : file.sync()),
        close: () => file.close(),
      }
    },
  }
}

describe('FolderStore', () => {
  for (const { name, run } of contentStoreConformance(async () => new FolderStore(freshFolder(), fs, { maxBytes: conformanceMaxBytes }))) {
    it(name, run)
  }

  it('keeps files over a reopening', async () => {
    const folder = freshFolder()
    const cid = await new FolderStore(folder, fs).put(bytes)
    expect(await new FolderStore(folder, fs).get(cid)).toEqual(bytes)
  })

  it.each(['flip', 'cut', 'extend'])('names a damaged file (%s), and heals it by a new put', async (damage) => {
    const folder = freshFolder()
    const store = new FolderStore(folder, fs)
    const cid = await store.put(bytes)
    const place = `${folder}/${cid.slice(-2)}/${cid}`
    const changed = { flip: () => bytes.map((b, i) => (i === 3 ? b ^ 1 : b)), cut: () => bytes.subarray(1), extend: () => new Uint8Array([...bytes, 0]) }
    await fs.writeFile(place, changed[damage as keyof typeof changed]())
    await expect(store.get(cid)).rejects.toMatchObject({ code: 'CORRUPT_CONTENT', message: expect.stringContaining(place), fix: expect.stringContaining('put the file again') })
    await store.put(bytes)
    expect(await store.get(cid)).toEqual(bytes)
  })

  it.each(['writeFile', 'sync', 'rename'] as const)('says NO_SPACE when the disk is full at %s, and leaves nothing behind', async (step) => {
    const folder = freshFolder()
    const store = new FolderStore(folder, broken('ENOSPC', step))
    await expect(store.put(bytes)).rejects.toMatchObject({ code: 'NO_SPACE', status: 507, action: 'retry' })
    expect(await everything(folder)).toEqual([])
    expect(await store.list()).toEqual([])
    expect(await new FolderStore(folder, fs).put(bytes)).toMatch(/^bafkrei/)
  })

  it('says WRITE_FAILED for other faults', async () => {
    await expect(new FolderStore(freshFolder(), broken('EIO', 'sync')).put(bytes)).rejects.toMatchObject({ code: 'WRITE_FAILED' })
  })

  it('sweeps what a killed writer left', async () => {
    const folder = freshFolder()
    const store = new FolderStore(folder, fs)
    await store.put(bytes)
    await fs.writeFile(`${folder}/tmp/half`, 'ha')
    expect(await store.list()).toHaveLength(1)
    expect(await store.sweep()).toBe(1)
    expect(await everything(folder)).toHaveLength(1)
  })
})
