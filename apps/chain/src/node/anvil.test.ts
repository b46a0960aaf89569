import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer, type AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { encodeDeployData, encodeFunctionData, getContractAddress, keccak256, numberToHex, toHex, type Hex } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { counterAbi, counterBytecode } from '../testing/counterContract.ts'
import { removeFolders, rpc, startTestNode } from '../testing/TestChain.ts'
import { testAccounts } from '../testing/testAccounts.ts'

// Anvil runs revm, an EVM written by others in another language. The same signed transactions must do the same on both.

const [first, second] = testAccounts as [PrivateKeyAccount, PrivateKeyAccount]

function findAnvil(): string | undefined {
  try {
    const require = createRequire(import.meta.url)
    const system = { x64: 'amd64', arm64: 'arm64' }[process.arch as string]
    const platform = `${process.platform}-${system}`
    const manifest = require.resolve(`@foundry-rs/anvil-${platform}/package.json`)
    const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin?: Record<string, string> }
    const binary = path.join(path.dirname(manifest), bin?.anvil ?? 'bin/anvil')
    return existsSync(binary) ? binary : undefined
  } catch {
    return undefined
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const anvil = findAnvil()
if (anvil === undefined) console.log('skipped: conformity with Anvil (its binary is not installed)')
let child: ChildProcess | undefined

afterAll(() => {
  child?.kill('SIGKILL')
  removeFolders()
})

async function startAnvil(binary: string): Promise<string> {
  const port = await freePort()
  child = spawn(binary, ['--silent', '--block-time', '1', '--port', String(port), '--chain-id', '7117', '--hardfork', 'cancun', '--gas-limit', '30000000'])
  const url = `http://127.0.0.1:${port}`
  await expect.poll(() => rpc(url, 'eth_chainId').catch(() => undefined), { timeout: 20_000 }).toMatchObject({ result: '0x1bcd' })
  for (const { address } of testAccounts) await rpc(url, 'anvil_setBalance', [address, numberToHex(10n ** 24n)])
  return url
}

/** One account's work: creation, calls that succeed, revert, run out of gas, refund, create and log; legacy and typed. */
async function signWork(): Promise<Hex[]> {
  const counter = getContractAddress({ from: first.address, nonce: 0n })
  const fees = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 9n }
  const call = (functionName: string, args: unknown[] = []): Hex => encodeFunctionData({ abi: counterAbi, functionName, args } as Parameters<typeof encodeFunctionData>[0])
  const work = [
    { data: encodeDeployData({ abi: counterAbi, bytecode: counterBytecode, args: [7n] }), gas: 2_000_000n, value: 9n },
    { to: counter, data: call('add', [3n]) },
    { to: counter, data: call('add', [101n]) },
    { to: counter, data: call('add', [13n]) },
    { to: counter, data: call('add', [3n]), gas: 50_000n },
    { to: counter, data: call('clear') },
    { to: counter, data: call('add', [4n]), value: 5n },
    { to: counter, data: call('burn', [40n]) },
    { to: counter, data: call('spawn') },
    { to: counter, data: call('spawn') },
    { to: counter, data: call('spin'), gas: 90_000n },
    { to: counter, data: '0xdeadbeef' as Hex },
    { to: second.address, value: 12_345n, gas: 21_000n },
    { to: '0x0000000000000000000000000000000000000002' as Hex, data: '0x616263' as Hex },
    { to: '0x0000000000000000000000000000000000000009' as Hex, data: '0x01' as Hex, gas: 60_000n },
    { data: '0xfe' as Hex, gas: 100_000n },
    { data: '0x60ef60005360016000f3' as Hex, gas: 100_000n },
    { data: '0x5f5ff3' as Hex, gas: 100_000n },
  ]
  const typed = work.map((request, nonce) => first.signTransaction({ chainId: 7117, type: 'eip1559', nonce, gas: 300_000n, ...fees, ...request }))
  const legacy = first.signTransaction({ chainId: 7117, type: 'legacy', nonce: work.length, gas: 300_000n, gasPrice: 10n ** 11n, to: counter, data: call('add', [6n]) })
  const listed = first.signTransaction({
    ...{ chainId: 7117, type: 'eip2930', nonce: work.length + 1, gas: 300_000n, gasPrice: 10n ** 11n, to: counter, data: call('add', [7n]) },
    accessList: [{ address: counter, storageKeys: [toHex(0n, { size: 32 })] }],
  })
  return Promise.all([...typed, legacy, listed])
}

type Receipt = { transactionHash: Hex; status: Hex; gasUsed: Hex; contractAddress: Hex | null; type: Hex; from: Hex; to: Hex | null; logsBloom: Hex; logs: { address: Hex; topics: Hex[]; data: Hex }[] }

/** What must not depend on who runs it. */
function essence(receipt: Receipt): unknown {
  const { transactionHash, status, gasUsed, contractAddress, type, from, to, logsBloom } = receipt
  return { transactionHash, status, gasUsed, contractAddress, type, from, to, logsBloom, logs: receipt.logs.map(({ address, topics, data }) => ({ address, topics, data })) }
}

describe.runIf(anvil !== undefined)('the same signed transactions on Anvil', () => {
  it('come to the same receipts, return values, storage and balances', { timeout: 120_000 }, async () => {
    const other = await startAnvil(anvil as string)
    const test = await startTestNode()
    try {
      const raws = await signWork()
      const run = async (url: string): Promise<unknown[]> => {
        for (const raw of raws) expect((await rpc(url, 'eth_sendRawTransaction', [raw])).error).toBeUndefined()
        await expect.poll(async () => Number((await rpc(url, 'eth_getTransactionCount', [first.address, 'latest'])).result), { timeout: 60_000 }).toBe(raws.length)
        const counter = getContractAddress({ from: first.address, nonce: 0n })
        const call = (functionName: string, args: unknown[] = []) => ({ from: second.address, to: counter, data: encodeFunctionData({ abi: counterAbi, functionName, args } as Parameters<typeof encodeFunctionData>[0]) })
        const found: unknown[] = []
        for (const raw of raws) found.push(essence((await rpc(url, 'eth_getTransactionReceipt', [keccak256(raw)])).result as Receipt))
        for (const request of [call('count'), call('add', [5n]), call('lastCount', [second.address]), call('recover', [toHex(5n, { size: 32 }), 27, toHex(6n, { size: 32 }), toHex(7n, { size: 32 })])]) {
          found.push((await rpc(url, 'eth_call', [request, 'latest'])).result)
        }
        const reverted = (await rpc(url, 'eth_call', [call('add', [101n]), 'latest'])).error
        found.push({ code: reverted?.code, data: reverted?.data })
        for (const slot of ['0x0', '0x1']) found.push((await rpc(url, 'eth_getStorageAt', [counter, slot, 'latest'])).result)
        found.push((await rpc(url, 'eth_getCode', [counter, 'latest'])).result)
        for (const address of [counter, second.address]) found.push((await rpc(url, 'eth_getBalance', [address, 'latest'])).result)
        return found
      }
      const [ours, theirs] = [await run(test.node.url), await run(other)]
      expect(ours).toEqual(theirs)
      expect(ours.length).toBeGreaterThan(raws.length)
      console.log(`compared ${ours.length} results of ${raws.length} transactions with Anvil`)
    } finally {
      await test.node.stop()
    }
  })
})
