import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { removeFolders, temporaryFolder } from '../testing/TestChain.ts'
import { lockChainFolder } from './lockChainFolder.ts'

afterAll(removeFolders)

describe('the lock of a chain', () => {
  it('is held by one, who is named, and free again after its release', () => {
    const folder = temporaryFolder()
    const lock = lockChainFolder(folder)
    const refused = expect.objectContaining({ code: 'CHAIN_DATA_LOCKED', message: `process ${process.pid} already runs a chain on ${folder}` }) as Error
    expect(() => lockChainFolder(folder)).toThrow(refused)
    lock.release()
    expect(readdirSync(folder)).toEqual([])
  })

  it('is taken over from what a power cut left of it', () => {
    const folder = temporaryFolder()
    writeFileSync(path.join(folder, 'chain.lock'), '')
    lockChainFolder(folder).release()
    expect(readdirSync(folder)).toEqual([])
  })
})
