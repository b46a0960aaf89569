import { createPublicClient, createWalletClient, defineChain, http, type PublicClient } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { Network } from '@openledger/protocol'
import { addressesOfNetwork, ledgerWriter, type LedgerReader, type LedgerWriter } from '@openledger/sdk'

const chainOf = ({ chainId, rpcUrl }: Network) =>
  defineChain({ id: chainId, name: 'OpenLedger', nativeCurrency: { name: 'OPEN', symbol: 'OPEN', decimals: 18 }, rpcUrls: { default: { http: [rpcUrl] } } })

/** The ledger of a network, to read from. */
export function readerOf(network: Network): LedgerReader {
  const publicClient: PublicClient = createPublicClient({ chain: chainOf(network), transport: http(network.rpcUrl, { retryCount: 1 }), pollingInterval: 50, cacheTime: 0 })
  return { publicClient, addresses: addressesOfNetwork(network) }
}

/** The same ledger as one account writes to it. */
export function writerOf(network: Network, { publicClient, addresses }: LedgerReader, account: PrivateKeyAccount): LedgerWriter {
  return ledgerWriter(createWalletClient({ chain: chainOf(network), transport: http(network.rpcUrl), account }), publicClient, addresses)
}
