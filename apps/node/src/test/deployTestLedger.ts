import type { Network } from '@openledger/protocol'
import { addressesOfNetwork, deployContracts, ledgerWriter, type LedgerParameters, type LedgerWriter } from '@openledger/sdk'
import { createPublicClient, createWalletClient, http, type HttpTransport, type PublicClient, type WalletClient } from 'viem'
import { mnemonicToAccount, type HDAccount } from 'viem/accounts'

/** The accounts that anvil gives coins to. */
export const testAccount = (index: number): HDAccount => mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex: index })

export const testParameters: LedgerParameters = {
  disputeWindow: 2,
  channelThaw: 60,
  stakeThaw: 60,
  minimumStake: 10n ** 18n,
  deploymentFee: 10n ** 15n,
  platformFee: 1000n,
  challengeDeposit: 10n ** 15n,
  treasury: testAccount(9).address,
}

/** Clients for one test account. */
export function testClients(url: string, index: number): { publicClient: PublicClient; wallet: WalletClient<HttpTransport, undefined, HDAccount> } {
  return {
    publicClient: createPublicClient({ transport: http(url), pollingInterval: 50, cacheTime: 0 }) as PublicClient,
    wallet: createWalletClient({ transport: http(url), account: testAccount(index) }),
  }
}

/** Deploys all contracts on a test chain, from account 0. */
export async function deployTestLedger(url: string): Promise<Network> {
  const { publicClient, wallet } = testClients(url, 0)
  const { chainId, deployBlock, ...contracts } = await deployContracts(wallet, publicClient, testParameters)
  return { kind: 'openledger/network/1', chainId, rpcUrl: url, deployBlock: BigInt(deployBlock), treasury: testParameters.treasury, contracts }
}

/** The ledger as one test account writes to it. */
export function testWriter(network: Network, index: number): LedgerWriter {
  const { publicClient, wallet } = testClients(network.rpcUrl, index)
  return ledgerWriter(wallet, publicClient, addressesOfNetwork(network))
}
