import { OpenLedgerError } from '@openledger/protocol'

/** Whether an error is one of ours with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof OpenLedgerError && codes.includes(error.code)
}
