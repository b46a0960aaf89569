import { OpenLedgerError, type ErrorAction } from '@openledger/protocol/errors'

/** A transaction was not taken into the pool. The message begins as wallets and client libraries know it from other nodes. */
export class TransactionRefused extends OpenLedgerError {
  constructor(code: string, message: string, fix: string, action: ErrorAction = 'fix') {
    super(code, message, { fix, action, field: 'transaction' })
  }
}
