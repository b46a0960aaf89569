import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { writeTinyModel } from '../fixtures/index.ts'
import { EngineHost } from './EngineHost.ts'

/** The niceness of each thread of this process: field 19 of its stat, the 17th after its name. */
const niceness = (): number[] => readdirSync('/proc/self/task').map((id) => Number(readFileSync(`/proc/self/task/${id}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')[16]))

it.runIf(process.platform === 'linux')('computes behind all others in a thread of low priority, and in no other', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'engine-nice-'))
  const own = niceness()
  const host = new EngineHost({ threads: 1, slots: 1, niceness: 15 })
  try {
    const file = path.join(folder, 'tiny.gguf')
    writeTinyModel(file)
    await host.loadModel(file)
    const now = niceness()
    expect(now.filter((n) => n === 15)).toHaveLength(1)
    expect(now.filter((n) => n !== 15).every((n) => own.includes(n))).toBe(true)
  } finally {
    await host.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
