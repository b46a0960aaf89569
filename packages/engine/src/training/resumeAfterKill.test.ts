import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { writeTinyModel } from '../fixtures/writeTinyModel.ts'

const folder = mkdtempSync(join(tmpdir(), 'resume-'))
afterAll(() => rmSync(folder, { recursive: true }))
const model = join(folder, 'base.gguf')
const script = fileURLToPath(new URL('../fixtures/trainInChild.ts', import.meta.url))
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

/** Runs the child; kills it by SIGKILL once it has printed the line, if one is given. Returns all lines. */
async function child(checkpointDir: string, killAt?: string): Promise<string[]> {
  const process_ = spawn(process.execPath, ['--import', loader, script, model, checkpointDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(process_, 'close')
  const lines: string[] = []
  for await (const line of createInterface({ input: process_.stdout })) {
    lines.push(line)
    if (line === killAt) process_.kill('SIGKILL')
  }
  await closed
  return lines
}

it('a run killed twice and started again ends with the bytes of an undisturbed one', { timeout: 120_000 }, async () => {
  writeTinyModel(model, { type: 'Q8_0' })
  const whole = await child('')
  const end = whole.at(-1)!
  expect(end).toMatch(/^adapter 0x/)
  const checkpointDir = join(folder, 'checkpoints')
  expect((await child(checkpointDir, 'step 8')).at(-1)).not.toMatch(/^adapter/)
  const second = await child(checkpointDir, 'step 22')
  expect(second[0]).toMatch(/^step ([789]|1\d)$/)
  const last = await child(checkpointDir)
  expect(last[0]).not.toBe('step 1')
  expect(last.at(-1)).toBe(end)
})
