import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseOpen, type Hex } from '@openledger/protocol'
import { OpenLedgerClient } from '@openledger/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSession, type Session } from '../context/Session.ts'
import { Output } from '../output/Output.ts'
import { testUp } from '../testing/smallSample.ts'
import { up } from '../up/up.ts'
import { audit } from '../verbs/audit.ts'
import { deploy } from '../verbs/deploy.ts'
import { backUp } from './backUp.ts'

const minutes = 60_000
const binary = fileURLToPath(new URL('../../../../bin/openledger.mjs', import.meta.url))
const output = new Output({ stdout: () => undefined, stderr: () => undefined, isTerminal: false }, true)
const code = (expected: string): unknown => expect.objectContaining({ code: expected })
let root: string

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'openledger-backup-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

/** A node in a process of its own: one that can stand still. */
async function startNode(data: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [binary, 'up', '--data', data, '--port', '0', '--epoch-seconds', '0', '--dispute-window', '1', '--no-sample', '--threads', '1'], { stdio: 'ignore' })
  while (!existsSync(path.join(data, 'api.key'))) {
    if (child.exitCode !== null) throw new Error(`the node ended with ${child.exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return child
}

const ended = (child: ChildProcess): Promise<void> => new Promise((resolve) => (child.exitCode === null && child.signalCode === null ? child.once('exit', () => resolve()) : resolve()))
const nonceOf = async (session: Session, id: Hex): Promise<bigint> => BigInt(JSON.parse(Buffer.from(await session.node.receiptBundle(id)).toString()).receipt.statement.nonce as string)

describe('backUp', () => {
  it('takes a copy under load that has lost nothing of what anybody was told, and starts from it', async () => {
    const [data, copy] = [path.join(root, 'data'), path.join(root, 'copy')]
    const child = await startNode(data)
    const told: Hex[] = []
    const bundles = new Map<Hex, Uint8Array>()
    const nonces = new Set<bigint>()
    try {
      const session = await openSession({ data, json: true }, output)
      const { base } = await session.node.nodeInfo()
      const { model } = await deploy(session, { model: { base: base.id }, owner: 'builder', inputPrice: parseOpen('0.5'), outputPrice: parseOpen('1') })
      const token = (await readFile(path.join(data, 'api.key'), 'utf8')).trim()
      const client = new OpenLedgerClient({ url: JSON.parse(await readFile(path.join(data, 'endpoint.json'), 'utf8')).url as string, token })
      let asking = true
      const load = Array.from({ length: 3 }, async (_, who) => {
        for (let i = 0; asking; i++) {
          const { view } = await client.chat({ model, messages: [{ role: 'user', content: `question ${who} ${i}` }], maxTokens: 4 })
          told.push(view.receiptId)
        }
      })
      const until = async (count: number): Promise<void> => {
        while (told.length < count) await new Promise((resolve) => setTimeout(resolve, 20))
      }
      await until(10)
      await session.node.settle()
      await until(15)
      const before = [...told]
      const done = await backUp({ data, target: copy, now: Date.now })
      expect(done.running).toBe(true)
      // It went on as if nothing had been.
      await until(told.length + 5)
      asking = false
      await Promise.all(load)
      for (const id of told) nonces.add(await nonceOf(session, id))
      for (const id of before) bundles.set(id, await session.node.receiptBundle(id))
      console.log(`copied after ${before.length} answers; node and chain stood still for ${done.pausedMs} ms; ${told.length - before.length} answers came after`)
    } finally {
      child.kill('SIGKILL')
      await ended(child)
    }

    expect(await readdir(copy)).not.toContain('lock')
    expect((await stat(path.join(copy, 'keys', 'gateway.json'))).mode & 0o777).toBe(0o600)
    const running = await up({ ...testUp, data: copy, sample: false }, output)
    try {
      const session = await openSession({ data: copy, json: true }, output)
      for (const [id, bundle] of bundles) expect(Buffer.from(await session.node.receiptBundle(id)).equals(bundle), id).toBe(true)
      expect((await session.node.epochs()).length).toBe(1)
      const client = new OpenLedgerClient({ url: running.url, token: running.apiKey })
      const { model } = (await session.node.deployments())[0]!
      const { view } = await client.chat({ model, messages: [{ role: 'user', content: 'and now?' }], maxTokens: 4 })
      // What was answered after the copy is forgotten, its nonces are not used again.
      expect(nonces.has(await nonceOf(session, view.receiptId))).toBe(false)
      expect(await session.node.settle()).toMatchObject({ index: 1 })
      const first = await audit(session, { subject: [...bundles.keys()][0]! })
      expect(first.falseClaim).toBeUndefined()
      expect((await audit(session, { subject: 'epoch 1' })).falseClaim).toBeUndefined()
    } finally {
      await running.stop()
    }
  }, 8 * minutes)

  it('copies a folder on which nothing runs, and refuses to write over anything', async () => {
    const data = path.join(root, 'quiet')
    await mkdir(path.join(data, 'journal'), { recursive: true })
    await mkdir(path.join(data, 'db'))
    for (const [name, text] of [['version.json', '{}'], ['journal/0', 'facts'], ['db/x', 'x'], ['lock', '{"pid":1073741824,"start":"","host":""}'], ['endpoint.json', '{}']] as const) await writeFile(path.join(data, name), text)
    const target = path.join(root, 'quiet-copy')
    expect(await backUp({ data, target, now: () => 0 })).toEqual({ target, running: false, pausedMs: 0 })
    expect((await readdir(target, { recursive: true })).sort()).toEqual(['journal', path.join('journal', '0'), 'version.json'])
    await expect(backUp({ data, target, now: () => 0 })).rejects.toThrow(code('BACKUP_EXISTS'))
    await expect(backUp({ data, target: path.join(data, 'x'), now: () => 0 })).rejects.toThrow(code('BACKUP_INSIDE'))
    await expect(backUp({ data: path.join(root, 'nothing'), target: path.join(root, 'y'), now: () => 0 })).rejects.toThrow(code('NO_DATA_FOLDER'))
  })
})
