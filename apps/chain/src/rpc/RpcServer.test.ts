import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPublicClient, encodeEventTopics, numberToHex, padHex, webSocket, type Address, type Hex } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { WebSocket } from 'ws'
import { counterAbi, counterBytecode } from '../testing/counterContract.ts'
import { removeFolders, signTransfer, startTestNode, type RpcReply, type TestNode } from '../testing/TestChain.ts'
import { testAccounts } from '../testing/testAccounts.ts'
import { defaultRpcLimits } from './rpcLimits.ts'

const [first, second] = testAccounts as [PrivateKeyAccount, PrivateKeyAccount]
const pageOrigin = 'http://127.0.0.1:3000'
let test: TestNode
let counter: Address

beforeAll(async () => {
  test = await startTestNode({ corsOrigins: [pageOrigin] })
  const hash = await test.wallet.deployContract({ abi: counterAbi, bytecode: counterBytecode, args: [0n] })
  counter = (await test.reader.waitForTransactionReceipt({ hash })).contractAddress as Address
})

afterAll(async () => {
  await test.node.stop()
  removeFolders()
})

async function add(step: bigint) {
  const hash = await test.wallet.writeContract({ address: counter, abi: counterAbi, functionName: 'add', args: [step] })
  return test.reader.waitForTransactionReceipt({ hash })
}

type Reply = { status: number; headers: Record<string, unknown>; text: string }

/** A request with exactly these headers: `fetch` does not let one set Host. */
function post(body: string, headers: Record<string, string> = {}, method = 'POST'): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: test.node.port, method, headers: { 'content-type': 'application/json', ...headers } }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const ask = (method: string, ...params: unknown[]): string => JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })

describe('who may call', () => {
  it('is refused under a name that is not this machine, against DNS rebinding', async () => {
    expect((await post(ask('eth_chainId'), { host: 'evil.example:8545' })).status).toBe(403)
    for (const host of ['localhost:1', '127.0.0.1', '[::1]:8545']) expect((await post(ask('eth_chainId'), { host })).status).toBe(200)
  })

  it('is refused from pages, except of origins that were allowed', async () => {
    const refused = await post(ask('eth_chainId'), { origin: 'http://evil.example' })
    expect(refused.status).toBe(403)
    expect(refused.headers['access-control-allow-origin']).toBeUndefined()
    const allowed = await post(ask('eth_chainId'), { origin: pageOrigin })
    expect([allowed.status, allowed.headers['access-control-allow-origin']]).toEqual([200, pageOrigin])
    expect((await post('', { origin: pageOrigin }, 'OPTIONS')).headers['access-control-allow-headers']).toBe('content-type')
    expect((await post(ask('eth_chainId'), { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await post('', {}, 'GET')).status).toBe(405)
  })

  it('is refused over WebSocket by the same rules', async () => {
    const outcome = (headers: Record<string, string>): Promise<string> =>
      new Promise((resolve) => {
        const socket = new WebSocket(test.node.url.replace('http', 'ws'), { headers })
        socket.on('open', () => resolve('open')).on('error', (error) => resolve(error.message))
        socket.on('open', () => socket.close())
      })
    expect(await outcome({ origin: 'http://evil.example' })).toContain('403')
    expect(await outcome({ host: 'evil.example' })).toContain('403')
    expect(await outcome({ origin: pageOrigin })).toBe('open')
  })
})

describe('requests', () => {
  const answer = async (body: string): Promise<unknown> => JSON.parse((await post(body)).text) as unknown

  it('come in batches, answered in order, notifications without an answer', async () => {
    const batch = [{ jsonrpc: '2.0', id: 'a', method: 'eth_chainId' }, { jsonrpc: '2.0', method: 'eth_blockNumber' }, { jsonrpc: '2.0', id: 2, method: 'nope' }, 7]
    expect(await answer(JSON.stringify(batch))).toMatchObject([{ id: 'a', result: '0x1bcd' }, { id: 2, error: { code: -32601 } }, { id: null, error: { code: -32600 } }])
    expect((await post(JSON.stringify({ jsonrpc: '2.0', method: 'eth_chainId' }))).status).toBe(204)
  })

  it('that are wrong get the code that says how', async () => {
    const codes: [string, number][] = [
      ['{', -32700],
      ['[]', -32600],
      ['{"id":1}', -32600],
      ['{"id":1,"method":"eth_getBalance","params":{}}', -32602],
      [ask('eth_getBalance', '0x12'), -32602],
      [ask('eth_getBalance', first.address, 'soon'), -32602],
      [ask('eth_getBlockByHash', '0x12'), -32602],
      [ask('eth_getBalance', first.address, '0xffffffff'), -32000],
      [ask('eth_call', { to: counter }, 'latest', { [counter]: { balance: '0x1' } }), -32602],
      [ask('eth_call', null), -32602],
      [ask('eth_getStorageAt', counter, 'x'), -32602],
      [ask('eth_getLogs', { topics: ['0x12'] }), -32602],
      [ask('eth_feeHistory', '0x2', 'latest', [90, 10]), -32602],
      [ask('eth_getProof', counter, 'all'), -32602],
      [ask('eth_subscribe', 'newHeads'), -32601],
      [JSON.stringify(Array.from({ length: defaultRpcLimits.batch + 1 }, () => ({ id: 1, method: 'eth_chainId' }))), -32005],
    ]
    for (const [body, code] of codes) expect((await answer(body)) as RpcReply, body.slice(0, 80)).toMatchObject({ error: { code, message: expect.any(String) } })
  })

  it('that are too large are refused without being read', async () => {
    const reply = await post(' '.repeat(defaultRpcLimits.bodyBytes + 1))
    expect([reply.status, (JSON.parse(reply.text) as { error: { code: string } }).error.code]).toEqual([413, 'CHAIN_REQUEST_TOO_LARGE'])
  })
})

describe('eth_getLogs', () => {
  it('filters by address, topics and blocks', async () => {
    const [one, two] = [await add(21n), await add(22n)]
    const topics = (step: bigint) => encodeEventTopics({ abi: counterAbi, eventName: 'Counted', args: { step } })
    const event = topics(21n)[0] as Hex
    const stepTopic = (step: bigint) => padHex(numberToHex(step), { size: 32 })
    const from = numberToHex(one.blockNumber)
    const find = async (filter: object): Promise<Hex[]> => ((await test.send('eth_getLogs', filter)).result as { transactionHash: Hex }[]).map((log) => log.transactionHash)
    const both = [one.transactionHash, two.transactionHash]
    expect(await find({ fromBlock: from, address: counter })).toEqual(both)
    expect(await find({ fromBlock: from, address: [counter, second.address] })).toEqual(both)
    expect(await find({ fromBlock: from, address: second.address })).toEqual([])
    expect(await find({ fromBlock: from, topics: [event, null, stepTopic(22n)] })).toEqual([two.transactionHash])
    expect(await find({ fromBlock: from, topics: [[event], [padHex(first.address, { size: 32 })], [stepTopic(21n), stepTopic(22n)]] })).toEqual(both)
    expect(await find({ fromBlock: from, topics: [stepTopic(21n)] })).toEqual([])
    expect(await find({ fromBlock: from, topics: [event, null, null, null] })).toEqual([])
    expect(await find({ fromBlock: from, toBlock: from })).toEqual([one.transactionHash])
    expect(await find({ blockHash: two.blockHash })).toEqual([two.transactionHash])
    expect(await find({ fromBlock: numberToHex(two.blockNumber + 1n), toBlock: numberToHex(two.blockNumber + 50n) })).toEqual([])
    const { result } = await test.send('eth_getLogs', { fromBlock: from, toBlock: from })
    const receipt = (await test.send('eth_getTransactionReceipt', one.transactionHash)).result as { logs: unknown[] }
    expect(result).toEqual(receipt.logs)
  })

  it('numbers the logs of one block through', async () => {
    const nonce = await test.reader.getTransactionCount({ address: first.address })
    const hashes = await Promise.all([1n, 2n, 3n].map((step, index) => test.wallet.writeContract({ address: counter, abi: counterAbi, functionName: 'add', args: [step], nonce: nonce + index, gas: 200_000n })))
    const receipts = await Promise.all(hashes.map((hash) => test.reader.waitForTransactionReceipt({ hash })))
    for (const block of new Set(receipts.map(({ blockHash }) => blockHash))) {
      const logs = receipts.filter(({ blockHash }) => blockHash === block).flatMap((receipt) => receipt.logs)
      expect(logs.map(({ logIndex }) => logIndex)).toEqual(logs.map((_, index) => index))
      const { result } = await test.send('eth_getLogs', { blockHash: block })
      expect((result as { logIndex: Hex }[]).map(({ logIndex }) => Number(logIndex))).toEqual(logs.map((_, index) => index))
    }
  })
})

describe('WebSocket', () => {
  it('sends new heads and the logs that were asked for, until it is told to stop', async () => {
    const client = createPublicClient({ transport: webSocket(test.node.url.replace('http', 'ws')) })
    expect(await client.getChainId()).toBe(7117)
    const heads: bigint[] = []
    const steps: unknown[] = []
    const stopHeads = client.watchBlocks({ onBlock: (block) => heads.push(block.number) })
    const stopLogs = client.watchContractEvent({ address: counter, abi: counterAbi, eventName: 'Counted', args: { step: 32n }, onLogs: (logs) => steps.push(...logs.map(({ args }) => args.step)) })
    await client.getBlockNumber({ cacheTime: 0 })
    await new Promise((resolve) => setTimeout(resolve, 100))
    await add(31n)
    const { blockNumber } = await add(32n)
    await expect.poll(() => heads.at(-1)).toBe(blockNumber)
    await expect.poll(() => steps).toEqual([32n])
    stopHeads()
    stopLogs()
    await new Promise((resolve) => setTimeout(resolve, 100))
    const before = heads.length
    await add(33n)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(heads.length).toBe(before)
    await client.transport.getRpcClient().then((rpc) => rpc.close())
  })

  it('bounds the subscriptions of one connection', async () => {
    const socket = new WebSocket(test.node.url.replace('http', 'ws'))
    await new Promise((resolve) => socket.once('open', resolve))
    const reply = (body: string): Promise<RpcReply> =>
      new Promise((resolve) => {
        socket.once('message', (data: Buffer) => resolve(JSON.parse(data.toString()) as RpcReply))
        socket.send(body)
      })
    for (let count = 0; count < defaultRpcLimits.subscriptionsPerSocket; count++) expect((await reply(ask('eth_subscribe', 'newHeads'))).result).toMatch(/^0x/)
    expect((await reply(ask('eth_subscribe', 'newHeads'))).error?.code).toBe(-32005)
    expect((await reply(ask('eth_subscribe', 'syncing'))).error?.code).toBe(-32005)
    expect((await reply(ask('eth_unsubscribe', '0x12'))).result).toBe(false)
    socket.terminate()
  })
})

describe('the pool', () => {
  it('refuses what cannot run, in words that wallets know', async () => {
    const fresh = await startTestNode()
    try {
      const refusal = async (raw: Hex): Promise<string> => (await fresh.send('eth_sendRawTransaction', raw)).error?.message ?? 'accepted'
      const sign = (change: Record<string, unknown>): Promise<Hex> =>
        first.signTransaction({ chainId: 7117, type: 'eip1559', nonce: 0, gas: 21_000n, to: second.address, maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 1n, ...change } as Parameters<PrivateKeyAccount['signTransaction']>[0])
      expect(await refusal(await sign({ chainId: 1 }))).toMatch(/^invalid chain id/)
      expect(await refusal(await sign({ gas: 20_999n }))).toMatch(/^intrinsic gas too low/)
      expect(await refusal(await sign({ gas: 30_000_001n }))).toMatch(/^exceeds block gas limit/)
      expect(await refusal(await sign({ value: 10n ** 30n }))).toMatch(/^insufficient funds/)
      expect(await refusal(await sign({ maxFeePerGas: 1n }))).toMatch(/^max fee per gas less than block base fee/)
      expect(await refusal(await sign({ nonce: 10_000 }))).toMatch(/^nonce too high/)
      expect(await refusal(await sign({ data: `0x${'00'.repeat(140_000)}`, gas: 10_000_000n }))).toMatch(/^oversized data/)
      expect(await refusal('0x02c0')).toMatch(/^transaction could not be decoded/)
      expect(await refusal('0x')).toMatch(/^transaction could not be decoded/)
      const good = await sign({})
      expect(await refusal((good.slice(0, -2) + (good.endsWith('00') ? '01' : '00')) as Hex)).not.toBe('accepted')
      const unprotected = await first.signTransaction({ type: 'legacy', nonce: 0, gas: 21_000n, gasPrice: 10n ** 11n, to: second.address })
      expect(await refusal(unprotected)).toMatch(/^only replay-protected/)
      const { result } = await fresh.send('eth_sendRawTransaction', good)
      expect((await fresh.send('eth_sendRawTransaction', good)).result).toBe(result)
      await fresh.reader.waitForTransactionReceipt({ hash: result as Hex })
      expect((await fresh.send('eth_sendRawTransaction', good)).result).toBe(result)
      expect(await refusal(await sign({ value: 1n }))).toMatch(/^nonce too low/)
    } finally {
      await fresh.node.stop()
    }
  })

  it('queues behind a missing nonce, across a restart, and runs all when it comes', async () => {
    const before = await startTestNode({ batchDelayMs: 100 })
    const late = await Promise.all([2, 3, 1].map(async (nonce) => (await before.send('eth_sendRawTransaction', await signTransfer(first, nonce, 1n))).result as Hex))
    expect((await before.send('eth_getTransactionCount', first.address, 'pending')).result).toBe('0x0')
    await before.node.stop()
    const folder = before.node.dataFolder
    const after = await startTestNode({ dataFolder: folder })
    try {
      expect((await after.send('eth_getTransactionByHash', late[0])).result).toMatchObject({ blockHash: null, nonce: '0x2' })
      await after.send('eth_sendRawTransaction', await signTransfer(first, 0, 1n))
      const receipts = await Promise.all(late.map((hash) => after.reader.waitForTransactionReceipt({ hash })))
      expect(receipts.every(({ status }) => status === 'success')).toBe(true)
      expect((await after.send('eth_getTransactionCount', first.address, 'pending')).result).toBe('0x4')
    } finally {
      await after.node.stop()
    }
  })

  it('replaces a waiting transaction by one that pays 10 % more, and by no less', async () => {
    const other = await startTestNode({ batchDelayMs: 400 })
    try {
      const old = (await other.send('eth_sendRawTransaction', await signTransfer(first, 0, 1n, 10n ** 11n, 100n))).result as Hex
      expect((await other.send('eth_sendRawTransaction', await signTransfer(first, 0, 2n, 10n ** 11n, 1_000n))).error?.message).toMatch(/^replacement transaction underpriced/)
      const better = (await other.send('eth_sendRawTransaction', await signTransfer(first, 0, 2n, 11n * 10n ** 10n, 110n))).result as Hex
      expect((await other.reader.waitForTransactionReceipt({ hash: better })).status).toBe('success')
      expect((await other.send('eth_getTransactionByHash', old)).result).toBeNull()
    } finally {
      await other.node.stop()
    }
  })

  it('refuses what the waiting transactions leave no money for', async () => {
    const other = await startTestNode({ batchDelayMs: 1_000, alloc: { [first.address]: 10n ** 16n } })
    try {
      const answers = []
      for (let nonce = 0; nonce < 4; nonce++) answers.push(await other.send('eth_sendRawTransaction', await signTransfer(first, nonce, 10n ** 15n)))
      // Each may cost 21000 gas at 100 gwei and the value: 3.1e15 of 1e16.
      expect(answers.map(({ error }) => error === undefined)).toEqual([true, true, true, false])
    } finally {
      await other.node.stop()
    }
  })
})
