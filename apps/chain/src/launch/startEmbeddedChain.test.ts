import { fork } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { cpSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { Hex } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { counterAbi, counterBytecode } from '../testing/counterContract.ts'
import { clientsFor, removeFolders, rpc, signTransfer, temporaryFolder } from '../testing/TestChain.ts'
import { testAccounts, testAlloc } from '../testing/testAccounts.ts'
import { startEmbeddedChain, type EmbeddedChain, type EmbeddedChainOptions } from './startEmbeddedChain.ts'

const first = testAccounts[0] as PrivateKeyAccount
const running: EmbeddedChain[] = []

async function start(dataDir: string, options: Partial<EmbeddedChainOptions> = {}): Promise<EmbeddedChain> {
  const chain = await startEmbeddedChain({ dataDir, chainId: 7117, genesisAccounts: testAlloc, ...options })
  running.push(chain)
  return chain
}

const codeOf = (attempt: Promise<unknown>): Promise<string> => attempt.then(() => 'no error', (error: { code: string; message: string }) => error.code)

/** A chain with one transfer in it, stopped. */
async function usedFolder(): Promise<string> {
  const folder = temporaryFolder()
  const chain = await start(folder)
  const { wallet, reader } = clientsFor(chain.url)
  await reader.waitForTransactionReceipt({ hash: await wallet.sendTransaction({ to: first.address, value: 1n }) })
  expect(await chain.stop()).toEqual({ code: 0, signal: null })
  return folder
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((chain) => chain.stop()))
})
afterAll(removeFolders)

describe('starting', () => {
  it('goes on after a restart where it was, and keeps its genesis', async () => {
    const folder = temporaryFolder()
    const before = await start(folder)
    const { wallet, reader } = clientsFor(before.url)
    const hash = await wallet.deployContract({ abi: counterAbi, bytecode: counterBytecode, args: [41n] })
    const { contractAddress: address } = await reader.waitForTransactionReceipt({ hash })
    const head = await reader.getBlock()
    const genesis = await reader.getBlock({ blockNumber: 0n })
    await before.stop()
    expect(await before.exited).toEqual({ code: 0, signal: null })

    const after = await start(folder, { genesisAccounts: undefined })
    const again = clientsFor(after.url)
    expect(await again.reader.getBlock()).toEqual(head)
    expect((await again.reader.getBlock({ blockNumber: 0n })).hash).toBe(genesis.hash)
    expect(await again.reader.readContract({ address: address as Hex, abi: counterAbi, functionName: 'count' })).toBe(41n)
    const next = await again.reader.waitForTransactionReceipt({ hash: await again.wallet.sendTransaction({ to: first.address }) })
    expect(next.blockNumber).toBe(head.number + 1n)
    expect(after.wsUrl).toMatch(/^ws:/)
  })

  it('makes the same genesis block from the same genesis, and another from another', async () => {
    const hashOf = async (options: Partial<EmbeddedChainOptions>): Promise<unknown> => {
      const chain = await start(temporaryFolder(), options)
      return ((await rpc(chain.url, 'eth_getBlockByNumber', ['0x0', false])).result as { hash: string }).hash
    }
    const shuffled = Object.fromEntries(Object.entries(testAlloc).reverse())
    const [same, shuffledSame, other] = [await hashOf({}), await hashOf({ genesisAccounts: shuffled }), await hashOf({ genesisAccounts: {} })]
    expect(same).toBe(shuffledSame)
    expect(other).not.toBe(same)
  })

  it('refuses another genesis on a folder that has one', async () => {
    const folder = await usedFolder()
    expect(await codeOf(start(folder, { chainId: 7118 }))).toBe('CHAIN_GENESIS_MISMATCH')
    expect(await codeOf(start(folder, { genesisAccounts: { [first.address]: 5n } }))).toBe('CHAIN_GENESIS_MISMATCH')
    await start(folder)
  })

  it('refuses a second start on one folder, and takes over from a process that was killed', async () => {
    const folder = temporaryFolder()
    const chain = await start(folder)
    const refused = await startEmbeddedChain({ dataDir: folder, chainId: 7117 }).then(() => undefined, (error: Error) => error)
    expect(refused).toMatchObject({ code: 'CHAIN_DATA_LOCKED', message: expect.stringContaining(String(chain.pid)) })
    process.kill(chain.pid, 'SIGKILL')
    expect(await chain.exited).toEqual({ code: null, signal: 'SIGKILL' })
    await start(folder)
  })

  it('says that a port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const folder = temporaryFolder()
    expect(await codeOf(start(folder, { port }))).toBe('CHAIN_PORT_IN_USE')
    server.close()
    await start(folder, { port })
  })

  it('says what is wrong with a damaged folder, and leaves it as it is', async () => {
    const folder = await usedFolder()
    const damaged = (name: string, damage: (copy: string) => void): string => {
      const copy = path.join(temporaryFolder(), name)
      cpSync(folder, copy, { recursive: true })
      damage(copy)
      return copy
    }
    const file = (copy: string): string => path.join(copy, 'chain.mdb')
    const copies = [
      damaged('garbage', (copy) => writeFileSync(file(copy), Buffer.alloc(200_000, 7))),
      damaged('cut', (copy) => truncateSync(file(copy), 20_000)),
      damaged('emptied', (copy) => truncateSync(file(copy), 0)),
      damaged('gone', (copy) => rmSync(file(copy))),
      damaged('zeroed', (copy) => {
        const bytes = readFileSync(file(copy))
        writeFileSync(file(copy), bytes.fill(0, 8_192))
      }),
    ]
    for (const copy of copies) {
      const size = existsSync(file(copy)) ? readFileSync(file(copy)).length : -1
      const error = await start(copy).then(() => undefined, (thrown: unknown) => thrown)
      expect(error, copy).toMatchObject({ code: 'CHAIN_DATA_CORRUPT', fix: expect.stringContaining('move it away') })
      if (size > 0) expect(readFileSync(file(copy)).length).toBe(size)
    }
    await start(folder)
  })

  it('ends by itself when the process that started it is killed', async () => {
    const folder = temporaryFolder()
    const script = fileURLToPath(new URL('../testing/launchAndWait.ts', import.meta.url))
    const parent = fork(script, [folder], { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    const { url } = await new Promise<{ url: string }>((resolve) => parent.once('message', (message) => resolve(message as { url: string })))
    expect((await rpc(url, 'eth_chainId')).result).toBe('0x1bcd')
    parent.kill('SIGKILL')
    await expect.poll(() => existsSync(path.join(folder, 'chain.lock')), { timeout: 20_000 }).toBe(false)
    await expect(rpc(url, 'eth_chainId')).rejects.toThrow()
  })

  it('outlives what a terminal sends to all processes at once: whoever started it stops it when it is needed no more', async () => {
    const chain = await start(temporaryFolder())
    for (const signal of ['SIGINT', 'SIGHUP'] as const) process.kill(chain.pid, signal)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect((await rpc(chain.url, 'eth_chainId')).result).toBe('0x1bcd')
    expect(await chain.stop()).toEqual({ code: 0, signal: null })
  })

  it('answers what it does not understand with a code', async () => {
    expect(await codeOf(start(temporaryFolder(), { genesisAccounts: { '0x12': 1n } }))).toBe('CHAIN_ARGUMENTS')
    expect(await codeOf(start(temporaryFolder(), { blockTimeMs: -1 }))).toBe('CHAIN_ARGUMENTS')
  })
})

// Each round kills the process while transactions are being sent, at a random moment. More rounds by CHAIN_KILL_ROUNDS.
const rounds = Number(process.env.CHAIN_KILL_ROUNDS ?? 3)

describe('kill -9', () => {
  it(`loses no acknowledged transaction in ${rounds} rounds`, { timeout: 60_000 + rounds * 15_000 }, async () => {
    const folder = temporaryFolder()
    const acknowledged: Hex[] = []
    const nonces = testAccounts.map(() => 0)
    let headNumber = 0
    let headHash = ''
    for (let round = 0; round < rounds; round++) {
      const chain = await start(folder)
      const ask = async (method: string, ...params: unknown[]) => (await rpc(chain.url, method, params)).result
      expect(Number(await ask('eth_blockNumber'))).toBeGreaterThanOrEqual(headNumber)
      if (headHash !== '') expect((await ask('eth_getBlockByNumber', `0x${headNumber.toString(16)}`, false)) as object).toMatchObject({ hash: headHash })
      for (const hash of acknowledged) expect(await ask('eth_getTransactionByHash', hash), hash).not.toBeNull()
      for (const [index, account] of testAccounts.entries()) nonces[index] = Number(await ask('eth_getTransactionCount', account.address, 'pending'))

      let dead = false
      const killTimer = setTimeout(() => process.kill(chain.pid, 'SIGKILL'), 300 + Math.random() * 700)
      const send = async (index: number): Promise<void> => {
        while (!dead) {
          const raw = await signTransfer(testAccounts[index] as PrivateKeyAccount, nonces[index] as number, 1n)
          const reply = await rpc(chain.url, 'eth_sendRawTransaction', [raw]).catch(() => undefined)
          if (reply?.result === undefined) return
          acknowledged.push(reply.result as Hex)
          nonces[index] = (nonces[index] as number) + 1
        }
      }
      const watch = async (): Promise<void> => {
        while (!dead) {
          const block = (await ask('eth_getBlockByNumber', 'latest', false).catch(() => undefined)) as { number: Hex; hash: Hex } | undefined
          if (block === undefined) return
          headNumber = Number(block.number)
          headHash = block.hash
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      }
      const work = Promise.all([...testAccounts.keys()].map(send).concat(watch()))
      await chain.exited
      dead = true
      clearTimeout(killTimer)
      await work
    }
    expect(acknowledged.length).toBeGreaterThan(rounds * 5)
    const chain = await start(folder)
    const { reader } = clientsFor(chain.url)
    for (const hash of acknowledged) expect((await reader.waitForTransactionReceipt({ hash })).status).toBe('success')
    console.log(`kill -9: ${rounds} rounds, ${acknowledged.length} acknowledged transactions, all found`)
  })
})
