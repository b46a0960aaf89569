import type { Account, Chain, PublicClient, Transport, WalletClient } from 'viem'
import type { Addresses } from './Addresses.ts'
import type { LedgerReader } from './LedgerReader.ts'

/** What sending a transaction takes, whichever contract it goes to. */
export type Sender = {
  readonly publicClient: PublicClient
  readonly walletClient: WalletClient<Transport, Chain | undefined, Account>
  /** How long a call keeps trying while the chain is away, in milliseconds; default 30,000. */
  readonly timeoutMs?: number
}

/** What writing to the ledger takes: the account of `walletClient` sends the transactions and pays their gas. */
export type LedgerWriter = LedgerReader & Sender

/** The ledger as one account uses it. */
export function ledgerWriter(
  walletClient: WalletClient<Transport, Chain | undefined, Account>,
  publicClient: PublicClient,
  addresses: Addresses,
  options: { timeoutMs?: number } = {},
): LedgerWriter {
  return { walletClient, publicClient, addresses, ...options }
}
