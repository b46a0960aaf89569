import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkDataFolder } from './checkDataFolder.ts'
import { lockDataFolder } from './lockDataFolder.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'lock-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))
const lockFile = (): string => path.join(dir, 'lock')
const code = (expected: string) => expect.objectContaining({ code: expected })

describe('lockDataFolder', () => {
  it('lets one start at a time in', async () => {
    const lock = await lockDataFolder(dir)
    await expect(lockDataFolder(dir)).rejects.toEqual(code('DATA_FOLDER_LOCKED'))
    await lock.release()
    await (await lockDataFolder(dir)).release()
    expect(readdirSync(dir)).toEqual([])
  })

  it('of ten that start together, one wins', async () => {
    writeFileSync(lockFile(), JSON.stringify({ pid: 2 ** 22 - 1, start: '1', host: hostname() }))
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => lockDataFolder(dir)))
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
    for (const r of results) if (r.status === 'rejected') expect(r.reason).toEqual(code('DATA_FOLDER_LOCKED'))
  })

  it('takes over what a power cut left of a lock', async () => {
    writeFileSync(lockFile(), '{"pid":')
    await (await lockDataFolder(dir)).release()
    expect(readdirSync(dir)).toEqual([])
  })

  it('says what keeps it from being locked', async () => {
    mkdirSync(lockFile())
    await expect(lockDataFolder(dir)).rejects.toEqual(code('DATA_FOLDER_UNWRITABLE'))
    writeFileSync(path.join(dir, 'file'), '')
    await expect(lockDataFolder(path.join(dir, 'file'))).rejects.toEqual(code('DATA_FOLDER_UNWRITABLE'))
    expect(readdirSync(dir).sort()).toEqual(['file', 'lock'])
  })

  it('names the machine of a holder elsewhere', async () => {
    writeFileSync(lockFile(), JSON.stringify({ pid: 1, start: '1', host: 'elsewhere' }))
    await expect(lockDataFolder(dir)).rejects.toThrow('process 1 on elsewhere')
  })
})

describe('checkDataFolder', () => {
  it('makes an empty folder ready and knows it again', async () => {
    await checkDataFolder(dir)
    expect(await checkDataFolder(dir)).toMatchObject({ dir })
  })

  it('names what is wrong with a folder and changes nothing', async () => {
    const version = path.join(dir, 'version.json')
    writeFileSync(version, '{')
    await expect(checkDataFolder(dir)).rejects.toEqual(code('DATA_FOLDER_CORRUPT'))
    writeFileSync(version, '{"kind":"openledger/data/9"}')
    await expect(checkDataFolder(dir)).rejects.toEqual(code('DATA_FOLDER_VERSION'))
    rmSync(version)
    writeFileSync(path.join(dir, 'journal'), '')
    await expect(checkDataFolder(dir)).rejects.toEqual(code('DATA_FOLDER_CORRUPT'))
    expect(readdirSync(dir)).toEqual(['journal'])
  })
})
