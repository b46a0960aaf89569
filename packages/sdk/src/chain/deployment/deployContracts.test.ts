import { createPublicClient, createWalletClient, custom, http, HttpRequestError, type EIP1193RequestFn } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseOpen } from '@openledger/protocol'
import { sendCall } from '../connection/sendCall.ts'
import { anvilPath } from '../testing/startAnvil.ts'
import { openTestChain, testParameters, walletOf, type TestChain } from '../testing/openTestLedger.ts'
import { checkContracts } from './checkContracts.ts'
import { deployContracts, type DeployProgress } from './deployContracts.ts'

const transactions = 35
/** Before anything, the first creation, one in between, the last one, among the registrations of courts, and in the middle of the handing over. */
const stops = [0, 1, 14, 28, 31, 34]

describe.skipIf(anvilPath() === null)('deployContracts', () => {
  let chain: TestChain
  beforeAll(async () => {
    chain = await openTestChain()
  })
  afterAll(() => chain?.stop())

  async function deployer() {
    const account = privateKeyToAccount(generatePrivateKey())
    const sender = { walletClient: walletOf(chain.rich, chain.rpcUrl), publicClient: chain.publicClient }
    await sendCall(sender, { name: 'gift', to: account.address, data: '0x', value: parseOpen('10') })
    return account
  }
  const nonceOf = (address: `0x${string}`) => chain.publicClient.getTransactionCount({ address })

  it('goes on after an interruption at any step and makes nothing twice', async () => {
    for (const stop of stops) {
      const account = await deployer()
      let progress: DeployProgress | undefined
      const interrupted = deployContracts(walletOf(account, chain.rpcUrl), chain.publicClient, testParameters, {
        onProgress: (p) => {
          progress = JSON.parse(JSON.stringify(p)) as DeployProgress
          if (stop === 0) throw new Error('killed')
        },
        onStep: (_, done) => {
          if (done === stop) throw new Error('killed')
        },
      })
      await expect(interrupted).rejects.toThrow('killed')
      expect(await nonceOf(account.address)).toBe(stop)
      const addresses = await deployContracts(walletOf(account, chain.rpcUrl), chain.publicClient, testParameters, { progress })
      expect(await nonceOf(account.address)).toBe(transactions)
      await checkContracts(chain.publicClient, addresses)
      const again = await deployContracts(walletOf(account, chain.rpcUrl), chain.publicClient, testParameters, { progress })
      expect(again).toEqual(addresses)
      expect(await nonceOf(account.address)).toBe(transactions)
    }
  }, 180_000)

  it('starts anew when the stored progress belongs to another chain or was overtaken', async () => {
    const account = await deployer()
    const wallet = walletOf(account, chain.rpcUrl)
    const wiped: DeployProgress = { chainId: await chain.publicClient.getChainId(), deployer: account.address, startNonce: 40, deployBlock: 5 }
    const stored: DeployProgress[] = []
    await deployContracts(wallet, chain.publicClient, testParameters, { progress: wiped, onProgress: (p) => void stored.push(p) })
    expect(stored.map((p) => p.startNonce)).toEqual([0])
  }, 60_000)

  it('finds a ledger that is not there, or not whole', async () => {
    const account = await deployer()
    const addresses = await deployContracts(walletOf(account, chain.rpcUrl), chain.publicClient, testParameters)
    await expect(checkContracts(chain.publicClient, { ...addresses, chainId: 1 })).rejects.toMatchObject({ code: 'CONTRACTS_MISSING' })
    await expect(checkContracts(chain.publicClient, { ...addresses, models: account.address })).rejects.toMatchObject({ code: 'CONTRACTS_MISSING' })
    const other = await deployContracts(walletOf(await deployer(), chain.rpcUrl), chain.publicClient, testParameters)
    await expect(checkContracts(chain.publicClient, { ...addresses, stakes: other.stakes })).rejects.toMatchObject({ code: 'CONTRACTS_MISSING' })
  }, 60_000)

  it('refuses parameters outside the bounds', async () => {
    const wallet = walletOf(await deployer(), chain.rpcUrl)
    const wrong = { ...testParameters, stakeThaw: 1, disputeWindow: 2 }
    await expect(deployContracts(wallet, chain.publicClient, wrong)).rejects.toMatchObject({ code: 'PARAMETER_OUT_OF_BOUNDS' })
  }, 60_000)

  it('sends once although every answer to a sent transaction is lost', async () => {
    const account = await deployer()
    const direct = http(chain.rpcUrl)({})
    let lost = 0
    const request = (async (args: { method: string }) => {
      const answer: unknown = await direct.request(args as never)
      if (args.method !== 'eth_sendRawTransaction') return answer
      lost++
      throw new HttpRequestError({ url: chain.rpcUrl, cause: new Error('connection reset') })
    }) as EIP1193RequestFn
    const transport = custom({ request }, { retryCount: 0 })
    const flaky = createPublicClient({ transport })
    const wallet = createWalletClient({ account, transport })
    await expect(deployContracts(wallet, flaky, testParameters)).resolves.toHaveProperty('epochs')
    expect(await nonceOf(account.address)).toBe(transactions)
    expect(lost).toBeGreaterThanOrEqual(transactions)
  }, 60_000)

  it('gives up after the timeout when the chain is away', async () => {
    const publicClient = createPublicClient({ transport: http('http://127.0.0.1:9', { retryCount: 0 }) })
    const wallet = walletOf(chain.rich, 'http://127.0.0.1:9')
    await expect(deployContracts(wallet, publicClient, testParameters, { timeoutMs: 500 })).rejects.toMatchObject({ code: 'CHAIN_AWAY', action: 'retry' })
  }, 10_000)
})
