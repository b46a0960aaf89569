import type { PrivateKeyAccount } from 'viem/accounts'
import type { LedgerWriter } from '@openledger/sdk'

/** Somebody who signs: a key, and the ledger as its account writes to it. */
export type Actor = { name: string; account: PrivateKeyAccount; writer: LedgerWriter }
