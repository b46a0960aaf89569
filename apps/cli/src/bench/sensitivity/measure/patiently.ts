import { OpenLedgerError } from '@openledger/protocol'

/** Does work, and again up to nine times where its error says so: a busy machine can be too slow for a file. @throws the last error */
export async function patiently<T>(work: () => Promise<T>, again = 9): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (again === 0 || !(error instanceof OpenLedgerError) || error.action !== 'retry') throw error
    return patiently(work, again - 1)
  }
}
