import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startEmbeddedChain, type EmbeddedChainOptions } from '@openledger/chain'
import { ChainKeeper } from './ChainKeeper.ts'

describe('ChainKeeper', () => {
  let folder: string
  let keeper: ChainKeeper
  let notes: string[]
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'openledger-keeper-'))
    notes = []
    const options: EmbeddedChainOptions = { dataDir: folder, chainId: 7117, genesisAccounts: {}, sharedSeconds: true }
    keeper = new ChainKeeper(await startEmbeddedChain(options), options, (text) => notes.push(text))
  }, 60_000)
  afterEach(async () => {
    await keeper.stop()
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  const until = async (test: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await test())) await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const answers = (): Promise<boolean> =>
    fetch(keeper.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}' }).then((r) => r.ok, () => false)
  const listen = (port: number): Promise<Server> =>
    new Promise((resolve, reject) => {
      const server = createServer()
      server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server))
    })

  it('goes on trying when a start fails', async () => {
    process.kill(keeper.pid, 'SIGKILL')
    await until(async () => !(await answers()))
    const intruder = await listen(Number(new URL(keeper.url).port))
    await until(() => notes.some((note) => note.includes('could not be started again')))
    await new Promise((resolve) => intruder.close(resolve))
    await until(answers)
  }, 60_000)

  it('leaves no chain behind when it is stopped in the middle of a start', async () => {
    const before = keeper.pid
    process.kill(before, 'SIGKILL')
    await until(() => notes.length > 0)
    await keeper.stop()
    expect(await answers()).toBe(false)
  }, 60_000)
})
