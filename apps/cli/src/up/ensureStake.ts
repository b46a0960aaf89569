import { bondStake, ledgerWriter, readParameters, readStake, addressesOfNetwork, type StakeRole } from '@openledger/sdk'
import type { Network } from '@openledger/protocol'
import type { PrivateKeyAccount } from 'viem/accounts'
import { chainClients } from './clients.ts'

/** Sees to it that an account has the smallest stake that its role needs; bonds what is missing. */
export async function ensureStake(network: Network, account: PrivateKeyAccount, role: StakeRole): Promise<void> {
  const { publicClient, walletClient } = chainClients(network.rpcUrl, network.chainId, account)
  const writer = ledgerWriter(walletClient, publicClient, addressesOfNetwork(network))
  const [{ minimumStake }, { bonded }] = await Promise.all([readParameters(writer), readStake(writer, account.address, role)])
  if (bonded < minimumStake) await bondStake(writer, role, minimumStake - bonded)
}
