import { afterAll, describe, expect, it } from 'vitest'
import type { Hex } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { removeFolders, signTransfer, startTestNode, type TestNode } from '../testing/TestChain.ts'
import { testAccounts } from '../testing/testAccounts.ts'

afterAll(removeFolders)

const first = testAccounts[0] as PrivateKeyAccount

async function transfer(test: TestNode, nonce: number, fee?: bigint): Promise<bigint> {
  const { result } = await test.send('eth_sendRawTransaction', await signTransfer(first, nonce, 1n, fee))
  return (await test.reader.waitForTransactionReceipt({ hash: result as Hex })).blockNumber
}

describe('when blocks are made', () => {
  it('is only when there are transactions, which share a block if they come together', async () => {
    const test = await startTestNode({ batchDelayMs: 400 })
    try {
      const blocks = await Promise.all([0, 1, 2, 3].map((nonce) => transfer(test, nonce)))
      expect(new Set(blocks)).toEqual(new Set([1n]))
      await new Promise((resolve) => setTimeout(resolve, 600))
      expect(await test.reader.getBlockNumber({ cacheTime: 0 })).toBe(1n)
    } finally {
      await test.node.stop()
    }
  })

  it('is at most once an interval, when there is one', async () => {
    const test = await startTestNode({ blockTimeMs: 500 })
    try {
      await transfer(test, 0)
      const startedMs = performance.now()
      for (let nonce = 1; nonce < 4; nonce++) await transfer(test, nonce)
      expect(performance.now() - startedMs).toBeGreaterThan(1_200)
    } finally {
      await test.node.stop()
    }
  })

  it('is once a second when block times have run ahead of the clock as far as they may', async () => {
    const test = await startTestNode({ maxAheadSeconds: 2, wallMs: () => 1_800_000_000_000 })
    try {
      for (let nonce = 0; nonce < 4; nonce++) await transfer(test, nonce)
      const startedMs = performance.now()
      await transfer(test, 4)
      await transfer(test, 5)
      expect(performance.now() - startedMs).toBeGreaterThan(1_000)
    } finally {
      await test.node.stop()
    }
  })

  it('includes empty ones when a transaction only waits for the base fee to fall', async () => {
    const test = await startTestNode({ batchDelayMs: 300 })
    try {
      // The first block lowers the base fee to 7/8, then is full enough to raise it by a ninth again: above the 9/10 offered here.
      const data: Hex = '0x5b5f56'
      const heavy = await first.signTransaction({ chainId: 7117, type: 'eip1559', nonce: 0, gas: 29_000_000n, data, maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n })
      const base = (await test.reader.getBlock()).baseFeePerGas as bigint
      const results = await Promise.all([test.send('eth_sendRawTransaction', heavy), signTransfer(first, 1, 1n, (base * 9n) / 10n, 1n).then((raw) => test.send('eth_sendRawTransaction', raw))])
      expect(results.map(({ error }) => error)).toEqual([undefined, undefined])
      const spent = await test.reader.waitForTransactionReceipt({ hash: results[0].result as Hex })
      expect(spent.gasUsed).toBe(29_000_000n)
      const paid = await test.reader.waitForTransactionReceipt({ hash: results[1].result as Hex, timeout: 20_000 })
      expect(paid.blockNumber).toBeGreaterThan(2n)
      expect((await test.reader.getBlock({ blockNumber: 2n })).transactions).toEqual([])
    } finally {
      await test.node.stop()
    }
  })
})
