import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { removeFolders, temporaryFolder } from '../testing/TestChain.ts'
import { FolderLock } from './FolderLock.ts'

afterAll(removeFolders)

const refused = expect.objectContaining({ code: 'CHAIN_DATA_LOCKED' }) as Error
const lockOf = (folder: string): string => path.join(folder, 'chain.lock')

describe('the lock of a folder', () => {
  it('is held by one, and free again after its release', () => {
    const folder = temporaryFolder()
    const lock = FolderLock.take(folder)
    expect(() => FolderLock.take(folder)).toThrow(refused)
    lock.release()
    const next = FolderLock.take(folder)
    lock.release()
    expect(() => FolderLock.take(folder)).toThrow(refused)
    next.release()
    expect(readdirSync(folder)).toEqual([])
  })

  it('is taken over from a process that is gone, from one whose number another has now, and from a torn file', () => {
    const folder = temporaryFolder()
    const stale = [
      JSON.stringify({ pid: 2 ** 22 + 1, started: '', token: 'gone' }),
      ...(process.platform === 'linux' ? [JSON.stringify({ pid: process.pid, started: '1', token: 'earlier' })] : []),
      '{"pid": 12',
      '',
    ]
    for (const text of stale) {
      writeFileSync(lockOf(folder), text)
      const lock = FolderLock.take(folder)
      expect(JSON.parse(readFileSync(lockOf(folder), 'utf8'))).toMatchObject({ pid: process.pid })
      lock.release()
    }
    expect(readdirSync(folder)).toEqual([])
  })
})
