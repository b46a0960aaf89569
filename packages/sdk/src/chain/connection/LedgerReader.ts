import type { PublicClient } from 'viem'
import type { Addresses } from './Addresses.ts'

/** What reading the ledger takes. */
export type LedgerReader = {
  readonly publicClient: PublicClient
  readonly addresses: Addresses
  /** How long a call keeps trying while the chain is away, in milliseconds; default 30,000. */
  readonly timeoutMs?: number
}
