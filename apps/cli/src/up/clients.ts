import { createPublicClient, createWalletClient, defineChain, http, type PublicClient } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { Sender } from '@openledger/sdk'

const pollingInterval = 50

/** Clients of one chain for one account. */
export function chainClients(url: string, chainId: number, account: PrivateKeyAccount): Required<Pick<Sender, 'walletClient' | 'publicClient'>> {
  const chain = defineChain({ id: chainId, name: 'OpenLedger', nativeCurrency: { name: 'OPEN', symbol: 'OPEN', decimals: 18 }, rpcUrls: { default: { http: [url] } } })
  const publicClient: PublicClient = createPublicClient({ chain, transport: http(url), pollingInterval, cacheTime: 0 })
  return { publicClient, walletClient: createWalletClient({ chain, transport: http(url), account }) }
}
