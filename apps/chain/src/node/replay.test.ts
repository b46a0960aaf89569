import { createBlockFromRPC } from '@ethereumjs/block'
import { createCustomCommon, Hardfork, Mainnet } from '@ethereumjs/common'
import { MerkleStateManager } from '@ethereumjs/statemanager'
import { createAddressFromString, bytesToHex } from '@ethereumjs/util'
import { createVM, runBlock } from '@ethereumjs/vm'
import { afterAll, expect, it } from 'vitest'
import { encodeFunctionData, type Hex } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { counterAbi, counterBytecode } from '../testing/counterContract.ts'
import { removeFolders, startTestNode } from '../testing/TestChain.ts'
import { testAccounts, testAlloc } from '../testing/testAccounts.ts'

afterAll(removeFolders)

const [first, second] = testAccounts as [PrivateKeyAccount, PrivateKeyAccount]

it('makes blocks that the library, untuned and on a state of its own, runs to the same roots', async () => {
  const test = await startTestNode()
  try {
    const hash = await test.wallet.deployContract({ abi: counterAbi, bytecode: counterBytecode, args: [7n], value: 5n })
    const { contractAddress: to } = await test.reader.waitForTransactionReceipt({ hash })
    const call = (functionName: string, args: unknown[] = []): Hex => encodeFunctionData({ abi: counterAbi, functionName, args } as Parameters<typeof encodeFunctionData>[0])
    const calls = [call('add', [3n]), call('add', [101n]), call('spawn'), call('clear'), call('add', [9n]), call('burn', [20n]), call('clear'), call('spawn')]
    for (const [index, data] of calls.entries()) {
      const nonce = await test.reader.getTransactionCount({ address: first.address, blockTag: 'pending' })
      await test.wallet.sendTransaction({ to: to as Hex, data, gas: 300_000n, nonce })
      if (index === 3) await test.wallet.sendTransaction({ type: 'legacy', to: second.address, value: 3n, nonce: nonce + 1, gas: 21_000n })
    }
    await new Promise((resolve) => setTimeout(resolve, 300))

    const hardforks = Mainnet.hardforks.filter(({ name }) => name !== 'dao').map((fork) => (fork.timestamp === undefined ? { ...fork, block: 0 } : { ...fork, block: null, timestamp: '0' }))
    const common = createCustomCommon({ chainId: 7117, hardforks }, Mainnet, { hardfork: Hardfork.Cancun })
    const state = new MerkleStateManager({ common })
    await state.generateCanonicalGenesis(Object.fromEntries(Object.entries(testAlloc).map(([address, balance]) => [createAddressFromString(address).toString(), `0x${balance.toString(16)}`])))
    const vm = await createVM({ common, stateManager: state })
    const last = await test.reader.getBlockNumber({ cacheTime: 0 })
    let transactions = 0
    for (let number = 1n; number <= last; number++) {
      const { result } = await test.send('eth_getBlockByNumber', `0x${number.toString(16)}`, true)
      const block = createBlockFromRPC(result as Parameters<typeof createBlockFromRPC>[0], [], { common })
      expect(bytesToHex(block.hash())).toBe((result as { hash: Hex }).hash)
      // Throws when the state root, the receipts' root, the bloom filter or the gas differ.
      await runBlock(vm, { block, skipHeaderValidation: true, skipBlockValidation: false })
      transactions += block.transactions.length
    }
    expect(transactions).toBe(calls.length + 2)
  } finally {
    await test.node.stop()
  }
})
