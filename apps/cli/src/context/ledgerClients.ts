import { createPublicClient, createWalletClient, defineChain, http, type PublicClient } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { Network } from '@openledger/protocol'
import { addressesOfNetwork, ledgerWriter, type LedgerReader, type LedgerWriter, type Sender } from '@openledger/sdk'

/** A chain: its id, and where it answers. */
export type ChainPlace = Pick<Network, 'chainId' | 'rpcUrl'>

const chainOf = ({ chainId, rpcUrl }: ChainPlace) =>
  defineChain({ id: chainId, name: 'OpenLedger', nativeCurrency: { name: 'OPEN', symbol: 'OPEN', decimals: 18 }, rpcUrls: { default: { http: [rpcUrl] } } })

const publicClientOf = (place: ChainPlace): PublicClient =>
  createPublicClient({ chain: chainOf(place), transport: http(place.rpcUrl, { retryCount: 1 }), pollingInterval: 50, cacheTime: 0 })

const walletClientOf = (place: ChainPlace, account: PrivateKeyAccount) => createWalletClient({ chain: chainOf(place), transport: http(place.rpcUrl), account })

/** A chain as one account writes to it, before there is a ledger on it. */
export function chainClients(place: ChainPlace, account: PrivateKeyAccount): Required<Pick<Sender, 'walletClient' | 'publicClient'>> {
  return { publicClient: publicClientOf(place), walletClient: walletClientOf(place, account) }
}

/** The ledger of a network, to read from. */
export function readerOf(network: Network): LedgerReader {
  return { publicClient: publicClientOf(network), addresses: addressesOfNetwork(network) }
}

/** The same ledger as one account writes to it. */
export function writerOf(network: Network, { publicClient, addresses }: LedgerReader, account: PrivateKeyAccount): LedgerWriter {
  return ledgerWriter(walletClientOf(network, account), publicClient, addresses)
}
