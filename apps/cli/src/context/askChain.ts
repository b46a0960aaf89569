import type { PublicClient } from 'viem'
import { ledgerError, type LedgerReader } from '@openledger/sdk'

/** Asks the chain something that the SDK has no call for; failures become errors with codes (CHAIN_AWAY and others). */
export async function askChain<T>({ publicClient }: LedgerReader, what: string, ask: (client: PublicClient) => Promise<T>): Promise<T> {
  try {
    return await ask(publicClient)
  } catch (error) {
    throw ledgerError(what, error)
  }
}
