import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { keccak } from '@openledger/protocol'
import { encodeGgufAdapter } from '../../adapter/ggufAdapter.ts'
import { writePeftFolder } from '../../adapter/peftFolder.ts'
import { randomAdapter } from '../../fixtures/randomAdapter.ts'
import { writeTinyModel } from '../../fixtures/writeTinyModel.ts'
import { readGguf } from '../../gguf/readGguf.ts'
import { readModelConfig } from '../../model/ModelConfig.ts'
import { AdapterPool } from './AdapterPool.ts'
import { ReaderThread } from './ReaderThread.ts'
import { FakeWindow } from './testing/FakeWindow.ts'

const folder = mkdtempSync(join(tmpdir(), 'openledger-reader-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeTinyModel(join(folder, 'tiny.gguf'))
const base = { id: keccak(new Uint8Array([1])), config: readModelConfig(readGguf(join(folder, 'tiny.gguf'))) }
const [first, second] = [randomAdapter(base, { rank: 4 }), randomAdapter(base, { rank: 64, seed: 8 })]
const [peft, gguf] = [join(folder, 'peft'), join(folder, 'adapter.gguf')]
writePeftFolder(peft, first, base)
writeFileSync(gguf, encodeGgufAdapter(second, 'llama'))
const tensors = join(peft, 'adapter_model.safetensors')

describe('ReaderThread', () => {
  it('feeds a pool with folders and files of ranks 4 and 64; one that is damaged, gone or no file harms no other', async () => {
    let now = 0
    const source = new ReaderThread(base)
    const pool = new AdapterPool(base, { window: new FakeWindow(2 ** 24), hostBytes: 0, source, now: () => now })
    const ids = [await pool.register(peft), await pool.register(gguf)] as const
    expect(ids).toEqual([first.id, second.id])
    expect((await pool.adapterOf(ids[0])).layers).toEqual(first.layers)
    expect((await pool.adapterOf(ids[1])).layers).toEqual(second.layers)
    expect(new Set(Object.values((await pool.adapterOf(ids[1])).layers[0]!).map(({ a }) => a.buffer)).size).toBe(1)

    const whole = readFileSync(tensors)
    const change = (at: number): Buffer => Buffer.from(whole.map((byte, index) => (index === at ? byte ^ 1 : byte)))
    const faults: [string, () => void][] = [
      ['ADAPTER_CHANGED', () => writeFileSync(tensors, change(whole.length - 4))],
      ['SAFETENSORS_TRUNCATED', () => truncateSync(tensors, whole.length - 100)],
      ['FILE_UNREADABLE', () => (rmSync(tensors), execFileSync('mkfifo', [tensors]))],
      ['FILE_UNREADABLE', () => renameSync(peft, join(folder, 'away'))],
    ]
    for (const [code, plant] of faults) {
      plant()
      await expect(pool.adapterOf(ids[0])).rejects.toMatchObject({ code })
      expect(pool.failure(ids[0])).toMatchObject({ code })
      expect((await pool.adapterOf(ids[1])).id).toBe(ids[1])
      now += 100_000
    }
    writePeftFolder(peft, first, base)
    expect((await pool.adapterOf(ids[0])).id).toBe(ids[0])
    await expect(pool.register(join(folder, 'tiny.gguf'))).rejects.toMatchObject({ code: 'ADAPTER_CONFIG' })
    pool.dispose()
    await expect(source.read(peft, 2 ** 30)).rejects.toMatchObject({ code: 'ENGINE_CLOSED' })
  })

  it('gives up what takes too long, and then reads in another thread', async () => {
    const source = new ReaderThread(base, 1)
    await expect(source.read(peft, 2 ** 30)).rejects.toMatchObject({ code: 'FILE_TIMEOUT', action: 'retry' })
    await expect(source.read(gguf, 2 ** 30)).rejects.toMatchObject({ code: 'FILE_TIMEOUT' })
    source.close()
  })
})
