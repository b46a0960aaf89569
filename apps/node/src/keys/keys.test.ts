import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ApiKeys } from './ApiKeys.ts'
import { ensureKey, readKey } from './keyFile.ts'
import { operatorToken, sameSecret } from './operatorToken.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'keys-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))
const mode = (name: string): number => statSync(path.join(dir, name)).mode & 0o777

describe('key files', () => {
  it('are made once, for their owner alone', async () => {
    const made = await ensureKey(dir, 'node')
    expect((await ensureKey(dir, 'node')).address).toBe(made.address)
    expect(mode('node.json')).toBe(0o600)
    expect(await readKey(dir, 'other')).toBeUndefined()
  })

  it('never show the key in an error', async () => {
    const secret = 'ab'.repeat(31)
    writeFileSync(path.join(dir, 'bad.json'), JSON.stringify({ privateKey: `0x${secret}` }))
    const error = await readKey(dir, 'bad').then(() => undefined, (e: unknown) => e as Error & { code: string })
    expect(error).toMatchObject({ code: 'BAD_KEY_FILE' })
    expect(`${error!.message} ${error!.stack} ${String(error!.cause)}`).not.toContain(secret)
  })

  it('have names that stay inside their folder', async () => {
    for (const name of ['../node', 'a/b', '', '.', 'A']) await expect(readKey(dir, name)).rejects.toMatchObject({ code: 'BAD_KEY_NAME' })
  })
})

describe('tokens', () => {
  it('the operator token is made once, for its owner alone', async () => {
    const file = path.join(dir, 'operator.token')
    const token = await operatorToken(file)
    expect(await operatorToken(file)).toBe(token)
    expect(mode('operator.token')).toBe(0o600)
    expect(sameSecret(token, token)).toBe(true)
    expect(sameSecret(token, `${token}x`)).toBe(false)
  })

  it('API keys are kept as hashes, found, and taken back', async () => {
    const file = path.join(dir, 'api-keys.json')
    const keys = await ApiKeys.open(file)
    const key = await keys.create({ name: 'shop', payerKey: 'payer', channelId: `0x${'01'.repeat(32)}`, createdAt: 1 })
    expect(readFileSync(file, 'utf8')).not.toContain(key)
    const again = await ApiKeys.open(file)
    expect(again.find(key)).toMatchObject({ name: 'shop' })
    expect(again.find(`${key}x`)).toBeUndefined()
    expect(await again.revoke('shop')).toBe(true)
    expect((await ApiKeys.open(file)).find(key)).toBeUndefined()
    writeFileSync(file, '{')
    await expect(ApiKeys.open(file)).rejects.toMatchObject({ code: 'BAD_API_KEYS' })
  })
})
