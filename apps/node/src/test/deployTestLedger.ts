import { channelsAbi, datanetsAbi, epochsAbi, modelsAbi, parametersAbi, stakesAbi, wopenAbi, type Network } from '@openledger/protocol'
import { contractBytecode } from '@openledger/protocol/bytecode'
import { createPublicClient, createWalletClient, defineChain, http, type Abi, type Address, type Chain, type HttpTransport, type PublicClient, type WalletClient } from 'viem'
import { mnemonicToAccount, type HDAccount } from 'viem/accounts'

/** The accounts that anvil gives coins to. */
export const testAccount = (index: number): HDAccount => mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex: index })

export const testParameters = {
  disputeWindow: 2,
  channelThaw: 60,
  stakeThaw: 60,
  paused: false,
  minimumStake: 10n ** 18n,
  deploymentFee: 10n ** 15n,
  platformFee: 1000n,
  challengeDeposit: 10n ** 15n,
}

/** Clients for one test account; sending waits for the block. */
export function testClients(url: string, chainId: number, index: number): { publicClient: PublicClient; wallet: WalletClient<HttpTransport, Chain, HDAccount> } {
  const chain = defineChain({ id: chainId, name: 'test', nativeCurrency: { name: 'OPEN', symbol: 'OPEN', decimals: 18 }, rpcUrls: { default: { http: [url] } } })
  const publicClient = createPublicClient({ chain, transport: http(url), pollingInterval: 50, cacheTime: 0 }) as PublicClient
  const wallet = createWalletClient({ chain, transport: http(url), account: testAccount(index) })
  return { publicClient, wallet }
}

/** Deploys all contracts on a test chain, from account 0. */
export async function deployTestLedger(url: string, chainId: number): Promise<Network> {
  const { publicClient, wallet } = testClients(url, chainId, 0)
  const deployBlock = await publicClient.getBlockNumber()
  const deploy = async (abi: Abi, bytecode: `0x${string}`, args: unknown[] = []): Promise<Address> => {
    const hash = await wallet.deployContract({ abi, bytecode, args, gas: 12_000_000n })
    return (await publicClient.waitForTransactionReceipt({ hash })).contractAddress!
  }
  const treasury = testAccount(9).address
  const wopen = await deploy(wopenAbi, contractBytecode.WOPEN)
  const parameters = await deploy(parametersAbi, contractBytecode.Parameters, [wallet.account.address, { ...testParameters, treasury }])
  const stakes = await deploy(stakesAbi, contractBytecode.Stakes, [wopen, parameters])
  const epochs = await deploy(epochsAbi, contractBytecode.Epochs, [wopen, parameters, stakes])
  const channels = await deploy(channelsAbi, contractBytecode.Channels, [wopen, parameters, epochs])
  const datanets = await deploy(datanetsAbi, contractBytecode.Datanets)
  const models = await deploy(modelsAbi, contractBytecode.Models, [wopen, parameters, datanets])
  return { kind: 'openledger/network/1', chainId, rpcUrl: url, deployBlock, treasury, contracts: { wopen, parameters, datanets, models, channels, epochs, stakes } }
}
