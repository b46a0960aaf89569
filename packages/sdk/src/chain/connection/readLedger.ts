import type { PublicClient } from 'viem'
import { ledgerError } from '../errors/ledgerError.ts'
import type { LedgerReader } from './LedgerReader.ts'
import { untilAvailable } from './untilAvailable.ts'

/**
 * Asks the chain something, and asks again while it is away.
 * @param name how errors call the question
 * @throws OpenLedgerError: CHAIN_AWAY after the reader's timeout, or the contract's custom error
 */
export async function readLedger<T>(
  reader: Pick<LedgerReader, 'publicClient' | 'timeoutMs'>,
  name: string,
  ask: (client: PublicClient) => Promise<T>,
): Promise<T> {
  try {
    return await untilAvailable(() => ask(reader.publicClient), reader.timeoutMs)
  } catch (error) {
    throw ledgerError(name, error)
  }
}
