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
const scriptOf = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.ts`, import.meta.url))
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

/** Runs the child; kills it by SIGKILL once it has printed the line, if one is given. Returns all lines. */
async function child(script: string, checkpointDir: string, killAt?: string): Promise<string[]> {
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

it.each(['trainInChild', 'trainTogetherInChild'])('a run killed twice and started again ends with the bytes of an undisturbed one: %s', { timeout: 120_000 }, async (name) => {
  writeTinyModel(model, { type: 'Q8_0' })
  const script = scriptOf(name)
  const whole = await child(script, '')
  const end = whole.at(-1)!
  expect(end).toMatch(/^adapters? (0x)?[0-9a-f]{64}/)
  const checkpointDir = join(folder, name)
  expect((await child(script, checkpointDir, 'step 8')).at(-1)).not.toMatch(/^adapter/)
  const second = await child(script, checkpointDir, 'step 22')
  expect(second[0]).toMatch(/^step ([789]|1\d)$/)
  const last = await child(script, checkpointDir)
  expect(last[0]).not.toBe('step 1')
  expect(last.at(-1)).toBe(end)
})
