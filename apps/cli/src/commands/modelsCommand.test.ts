import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { writeHubFolder, writeTinyModel } from '@openledger/engine/fixtures'
import { runProgram } from '../program.ts'
import { capture } from '../testing/capture.ts'
import { chooseBase } from '../up/chooseBase.ts'

const root = mkdtempSync(path.join(tmpdir(), 'openledger-models-command-'))
vi.stubEnv('OPENLEDGER_MODELS', '')
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(root, { recursive: true })
})
const data = path.join(root, 'data')
async function run(...words: string[]) {
  const streams = capture()
  const exitCode = await runProgram(['models', ...words, '--data', data], streams)
  return { exitCode, out: streams.out(), err: streams.err() }
}

describe('openledger models', () => {
  it('adds, lists, verifies and removes, without a ledger', async () => {
    const file = path.join(root, 'base.gguf')
    const folder = path.join(root, 'Some-Model')
    writeTinyModel(file)
    writeHubFolder(folder, { family: 'mistral', config: { sliding_window: 64 } })
    expect(await run('list')).toMatchObject({ exitCode: 0 })
    const added = await run('add', file, '--json')
    expect(JSON.parse(added.out)).toMatchObject({ name: 'base', source: { kind: 'file' } })
    const converted = await run('add', folder, '--type', 'q8_0')
    expect(converted.exitCode).toBe(0)
    expect(converted.out).toMatch(/some-model is added[^]*looks back 64 positions[^]*up --model some-model/)
    expect((await run('list')).out).toMatch(/base[^]*some-model/)
    expect((await run('verify')).out).toContain('checked 2 models')
    const { path: place, name } = await chooseBase(data, 'base', {})
    expect(name).toBe('base')
    appendFileSync(place, 'x')
    const damaged = await run('verify', 'base')
    expect(damaged.exitCode).toBe(2)
    expect(damaged.err).toContain('MODEL_DAMAGED')
    expect((await run('remove', 'base')).out).toContain('base is removed')
    expect((await run('remove', 'base')).err).toMatch(/^NO_MODEL: .*\n {2}what to do: /)
    expect(readdirSync(path.join(data, 'bases')).sort()).toEqual(['files', 'names'])
    await expect(chooseBase(data, 'base', {})).rejects.toThrow(expect.objectContaining({ code: 'NO_MODEL' }))
  })

  it('says what is wrong with what is named', async () => {
    expect((await run('add', 'nothing')).err).toMatch(/^HUB_ID: /)
    expect((await run('add', root)).err).toMatch(/^FILE_UNREADABLE: .*config\.json/)
    expect((await run('add', root, '--type', 'q2')).exitCode).toBe(2)
  })
})
