import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BaseError, ContractFunctionRevertedError, encodeFunctionData, getContractAddress, parseEther, toHex, type Address, type Hex } from 'viem'
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'
import { counterAbi, counterBytecode } from '../testing/counterContract.ts'
import { removeFolders, signTransfer, startTestNode, type TestNode } from '../testing/TestChain.ts'
import { oneCoin, testAccounts } from '../testing/testAccounts.ts'

const [first, second] = testAccounts as [PrivateKeyAccount, PrivateKeyAccount]
let test: TestNode
let counter: Address

async function deploy(): Promise<Address> {
  const hash = await test.wallet.deployContract({ abi: counterAbi, bytecode: counterBytecode, args: [7n] })
  const receipt = await test.reader.waitForTransactionReceipt({ hash })
  expect(receipt.status).toBe('success')
  return receipt.contractAddress as Address
}

async function add(step: bigint) {
  const hash = await test.wallet.writeContract({ address: counter, abi: counterAbi, functionName: 'add', args: [step] })
  return test.reader.waitForTransactionReceipt({ hash })
}

beforeAll(async () => {
  test = await startTestNode()
  counter = await deploy()
})

afterAll(async () => {
  await test.node.stop()
  removeFolders()
})

describe('what viem needs', () => {
  it('transfers with the fees that it estimates', async () => {
    const fresh = privateKeyToAccount(toHex(99n, { size: 32 })).address
    const before = await test.reader.getBalance({ address: first.address })
    const hash = await test.wallet.sendTransaction({ to: fresh, value: parseEther('2.5') })
    const receipt = await test.reader.waitForTransactionReceipt({ hash })
    expect(receipt).toMatchObject({ status: 'success', gasUsed: 21_000n, type: 'eip1559', from: first.address.toLowerCase(), to: fresh.toLowerCase() })
    expect(await test.reader.getBalance({ address: fresh })).toBe(parseEther('2.5'))
    const after = await test.reader.getBalance({ address: first.address })
    expect(before - after).toBe(parseEther('2.5') + receipt.gasUsed * receipt.effectiveGasPrice)
  })

  it('takes legacy and access-list transactions', async () => {
    const legacy = await test.wallet.sendTransaction({ type: 'legacy', to: second.address, value: 1n })
    const listed = await test.wallet.sendTransaction({ type: 'eip2930', to: counter, data: encodeFunctionData({ abi: counterAbi, functionName: 'clear' }), accessList: [{ address: counter, storageKeys: [toHex(0n, { size: 32 })] }] })
    for (const hash of [legacy, listed]) expect((await test.reader.waitForTransactionReceipt({ hash })).status).toBe('success')
    const found = await test.reader.getTransaction({ hash: listed })
    expect(found.accessList).toEqual([{ address: counter.toLowerCase(), storageKeys: [toHex(0n, { size: 32 })] }])
    expect((await test.reader.getTransaction({ hash: legacy })).type).toBe('legacy')
  })

  it('reads and writes contracts, with their code, storage and logs', async () => {
    const start = await test.reader.readContract({ address: counter, abi: counterAbi, functionName: 'count' })
    const receipt = await add(5n)
    expect(receipt.logs).toHaveLength(1)
    expect(await test.reader.readContract({ address: counter, abi: counterAbi, functionName: 'count' })).toBe(start + 5n)
    expect(BigInt((await test.reader.getStorageAt({ address: counter, slot: '0x0' })) as Hex)).toBe(start + 5n)
    expect((await test.reader.getCode({ address: counter }))?.length).toBeGreaterThan(1_000)
    const logs = await test.reader.getContractEvents({ address: counter, abi: counterAbi, eventName: 'Counted', args: { step: 5n }, fromBlock: 0n })
    expect(logs.at(-1)).toMatchObject({ transactionHash: receipt.transactionHash, args: { who: first.address, step: 5n, total: start + 5n } })
  })

  it('gives revert data that viem decodes, from calls and estimates', async () => {
    const attempts = [
      test.reader.simulateContract({ address: counter, abi: counterAbi, functionName: 'add', args: [101n], account: first }),
      test.reader.estimateContractGas({ address: counter, abi: counterAbi, functionName: 'add', args: [101n], account: first }),
    ]
    for (const attempt of attempts) {
      const error = await attempt.then(() => undefined, (thrown: unknown) => thrown as BaseError)
      const reverted = error?.walk((inner) => inner instanceof ContractFunctionRevertedError) as ContractFunctionRevertedError
      expect(reverted.data).toMatchObject({ errorName: 'TooMuch', args: [101n, 100n] })
    }
    const data = encodeFunctionData({ abi: counterAbi, functionName: 'add', args: [13n] })
    const { error } = await test.send('eth_call', { from: first.address, to: counter, data }, 'latest')
    expect(error).toMatchObject({ code: 3, message: 'execution reverted: unlucky' })
    expect(error?.data).toMatch(/^0x08c379a0/)
  })

  it('keeps a failed transaction in its block, with status 0 and no logs', async () => {
    const data = encodeFunctionData({ abi: counterAbi, functionName: 'add', args: [101n] })
    const hash = await test.wallet.sendTransaction({ to: counter, data, gas: 100_000n })
    const receipt = await test.reader.waitForTransactionReceipt({ hash })
    expect(receipt).toMatchObject({ status: 'reverted', logs: [] })
    expect(receipt.gasUsed).toBeLessThan(100_000n)
  })

  it('estimates gas that is enough and at most 2 % above what is needed', async () => {
    for (const [functionName, args] of [['add', [3n]], ['burn', [50n]], ['spawn', []], ['clear', []]] as const) {
      const data = encodeFunctionData({ abi: counterAbi, functionName, args } as Parameters<typeof encodeFunctionData>[0])
      const gas = await test.reader.estimateGas({ account: first, to: counter, data })
      const hash = await test.wallet.sendTransaction({ to: counter, data, gas })
      const receipt = await test.reader.waitForTransactionReceipt({ hash })
      expect(receipt.status, functionName).toBe('success')
    }
    expect(await test.reader.estimateGas({ account: first, to: second.address, value: 1n })).toBe(21_000n)
  })

  it('shows each read at a block of the past as it was then', async () => {
    const before = await test.reader.getBlockNumber({ cacheTime: 0 })
    const was = await test.reader.readContract({ address: counter, abi: counterAbi, functionName: 'count' })
    const nonce = await test.reader.getTransactionCount({ address: first.address })
    const balance = await test.reader.getBalance({ address: first.address })
    await add(1n)
    await add(2n)
    expect(await test.reader.readContract({ address: counter, abi: counterAbi, functionName: 'count', blockNumber: before })).toBe(was)
    expect(await test.reader.getTransactionCount({ address: first.address, blockNumber: before })).toBe(nonce)
    expect(await test.reader.getBalance({ address: first.address, blockNumber: before })).toBe(balance)
    expect(await test.reader.getBalance({ address: first.address, blockTag: 'earliest' })).toBe(1_000_000n * oneCoin)
    expect(await test.reader.getCode({ address: counter, blockTag: 'earliest' })).toBeUndefined()
    const [, number] = await test.reader.readContract({ address: counter, abi: counterAbi, functionName: 'now_', blockNumber: before })
    expect(number).toBe(before)
    expect((await test.send('eth_getBalance', first.address, '0xffffff')).error?.message).toBe('header not found')
  })

  it('gives blocks by number and hash, with receipts that agree', async () => {
    await add(4n)
    const head = await test.reader.getBlock({ includeTransactions: true })
    expect(head.transactions[0]).toMatchObject({ blockHash: head.hash, blockNumber: head.number, transactionIndex: 0, from: first.address.toLowerCase() })
    expect(await test.reader.getBlock({ blockHash: head.hash, includeTransactions: true })).toEqual(head)
    const { result } = await test.send('eth_getBlockReceipts', toHex(head.number))
    expect(result).toEqual([(await test.send('eth_getTransactionReceipt', head.transactions[0]?.hash)).result])
    expect(await test.reader.getBlock({ blockNumber: 0n })).toMatchObject({ timestamp: 0n, number: 0n })
    expect(await test.reader.readContract({ address: counter, abi: counterAbi, functionName: 'hashOf', args: [head.number - 1n] })).toBe(head.parentHash)
  })

  it('gives a fee history whose base fees follow EIP-1559', async () => {
    const history = await test.reader.getFeeHistory({ blockCount: 4, rewardPercentiles: [10, 90], blockTag: 'latest' })
    expect(history.baseFeePerGas).toHaveLength(5)
    expect(history.reward?.every((block) => block.length === 2)).toBe(true)
    const head = await test.reader.getBlock()
    expect(history.oldestBlock).toBe(head.number - 3n)
    expect(history.baseFeePerGas[3]).toBe(head.baseFeePerGas)
    const target = head.gasLimit / 2n
    expect(history.baseFeePerGas[4]).toBe((head.baseFeePerGas as bigint) - ((head.baseFeePerGas as bigint) * (target - head.gasUsed)) / target / 8n)
  })

  it('recovers signers in the precompile as wallets sign', async () => {
    const digest = toHex(123n, { size: 32 })
    const signature = await first.sign({ hash: digest })
    const [r, s, v] = [signature.slice(0, 66) as Hex, `0x${signature.slice(66, 130)}` as Hex, Number(`0x${signature.slice(130)}`)]
    const read = (yParity: number) => test.reader.readContract({ address: counter, abi: counterAbi, functionName: 'recover', args: [digest, yParity, r, s] })
    expect(await read(v)).toBe(first.address)
    expect(await read(29)).toBe('0x0000000000000000000000000000000000000000')
  })

  it('proves accounts and storage against the state root', async () => {
    const proof = await test.reader.getProof({ address: counter, storageKeys: [toHex(0n, { size: 32 })] })
    expect(proof.accountProof.length).toBeGreaterThan(0)
    expect(proof.storageProof[0]?.value).toBe(await test.reader.readContract({ address: counter, abi: counterAbi, functionName: 'count' }))
  })

  it('answers what it is', async () => {
    expect(await test.reader.getChainId()).toBe(7117)
    expect((await test.send('net_version')).result).toBe('7117')
    expect((await test.send('eth_accounts')).result).toEqual([])
    expect((await test.send('eth_syncing')).result).toBe(false)
    expect((await test.send('web3_clientVersion')).result).toMatch(/^OpenLedger/)
    expect((await test.send('evm_increaseTime', '0x10')).error?.code).toBe(-32601)
  })
})

describe('time', () => {
  it('passes in calls although there are no blocks', async () => {
    let wall = 1_800_000_000_000
    const other = await startTestNode({ wallMs: () => wall })
    try {
      const hash = await other.wallet.deployContract({ abi: counterAbi, bytecode: counterBytecode, args: [0n] })
      const address = (await other.reader.waitForTransactionReceipt({ hash })).contractAddress as Address
      const head = await other.reader.getBlock()
      wall += 3_600_000
      const [seen, number] = await other.reader.readContract({ address, abi: counterAbi, functionName: 'now_' })
      expect(seen).toBe(BigInt(wall / 1000))
      expect(number).toBe(head.number)
      const [past] = await other.reader.readContract({ address, abi: counterAbi, functionName: 'now_', blockNumber: head.number })
      expect(past).toBe(head.timestamp)
      const [next, nextNumber] = await other.reader.readContract({ address, abi: counterAbi, functionName: 'now_', blockTag: 'pending' })
      expect([next, nextNumber]).toEqual([seen, head.number + 1n])
      expect(await other.reader.getBlockNumber({ cacheTime: 0 })).toBe(head.number)
    } finally {
      await other.node.stop()
    }
  })

  it('rises strictly from block to block, also when the clock stands still or is set back', async () => {
    let wall = 1_800_000_000_000
    const other = await startTestNode({ wallMs: () => wall })
    try {
      for (let nonce = 0; nonce < 4; nonce++) {
        if (nonce === 2) wall -= 60_000
        const { result } = await other.send('eth_sendRawTransaction', await signTransfer(first, nonce, 1n))
        await other.reader.waitForTransactionReceipt({ hash: result as Hex })
      }
      const times = await Promise.all([1n, 2n, 3n, 4n].map(async (blockNumber) => (await other.reader.getBlock({ blockNumber })).timestamp))
      expect(times).toEqual([1_800_000_000n, 1_800_000_001n, 1_800_000_002n, 1_800_000_003n])
    } finally {
      await other.node.stop()
    }
  })

  it('is shared by the blocks of one second when that is wanted, and never ahead of the clock', async () => {
    let wall = 1_800_000_000_000
    const other = await startTestNode({ wallMs: () => wall, sharedSeconds: true, maxAheadSeconds: 0 })
    try {
      for (let nonce = 0; nonce < 4; nonce++) {
        if (nonce === 3) wall += 5_000
        const { result } = await other.send('eth_sendRawTransaction', await signTransfer(first, nonce, 1n))
        await other.reader.waitForTransactionReceipt({ hash: result as Hex })
      }
      const times = await Promise.all([1n, 2n, 3n, 4n].map(async (blockNumber) => (await other.reader.getBlock({ blockNumber })).timestamp))
      expect(times).toEqual([1_800_000_000n, 1_800_000_000n, 1_800_000_000n, 1_800_000_005n])
    } finally {
      await other.node.stop()
    }
  })

  it('is moved, and blocks without transactions are made, only with dev methods', async () => {
    const other = await startTestNode({ dev: true })
    try {
      const before = await other.reader.getBlock()
      await other.send('evm_increaseTime', toHex(86_400))
      await other.send('evm_mine')
      const after = await other.reader.getBlock()
      expect(after.number).toBe(before.number + 1n)
      expect(Number(after.timestamp) - Date.now() / 1000).toBeGreaterThan(86_000)
      await other.send('evm_setNextBlockTimestamp', toHex(after.timestamp + 500n))
      await other.send('evm_mine')
      expect((await other.reader.getBlock()).timestamp).toBe(after.timestamp + 500n)
    } finally {
      await other.node.stop()
    }
  })
})

describe('addresses', () => {
  it('are those that everybody computes for new contracts', async () => {
    const nonce = await test.reader.getTransactionCount({ address: first.address })
    expect((await deploy()).toLowerCase()).toBe(getContractAddress({ from: first.address, nonce: BigInt(nonce) }).toLowerCase())
  })
})
