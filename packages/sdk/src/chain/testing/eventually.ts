import { OpenLedgerError } from '@openledger/protocol'
import { pause } from '../connection/untilAvailable.ts'

/** Repeats a call while the chain says that it is too early for it. @param code the error that passes with time */
export async function eventually<T>(code: string, call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof OpenLedgerError) || error.code !== code) throw error
      await pause(200)
    }
  }
}
