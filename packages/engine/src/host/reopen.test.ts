import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { writeTinyModel } from '../fixtures/writeTinyModel.ts'

it('opens again after the last engine of a process was closed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'openledger-reopen-'))
  const [model, script] = [join(folder, 'tiny.gguf'), join(folder, 'reopen.mts')]
  writeTinyModel(model)
  writeFileSync(
    script,
    `import { EngineHost } from ${JSON.stringify(new URL('./EngineHost.ts', import.meta.url).href)}
     for (let i = 0; i < 3; i++) {
       const engine = new EngineHost({ threads: 1 })
       await engine.loadModel(${JSON.stringify(model)})
       await engine.close()
     }
     console.log('reopened')`,
  )
  // In a process of its own: what this guards against is a crash of the whole process.
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script])
  expect(stdout.trim()).toBe('reopened')
  rmSync(folder, { recursive: true })
}, 60_000)
