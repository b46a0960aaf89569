import { EVMError, type ExecResult } from '@ethereumjs/evm'
import { OpenLedgerError } from '@openledger/protocol/errors'

/** A simulated call failed. `revertData` is what the contract gave back, for the caller to decode; undefined when it did not revert. */
export class ExecutionFailed extends OpenLedgerError {
  readonly revertData: Uint8Array | undefined

  constructor(message: string, revertData?: Uint8Array) {
    super(revertData === undefined ? 'CHAIN_EXECUTION_FAILED' : 'CHAIN_EXECUTION_REVERTED', message, { fix: 'change the call; the contract refused it' })
    this.revertData = revertData
  }
}

const errorSelector = '08c379a0'

/** The text of Solidity's `Error(string)`, if that is what a contract gave back. */
function reasonOf(data: Uint8Array): string {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  if (bytes.length < 68 || bytes.toString('hex', 0, 4) !== errorSelector) return ''
  const length = bytes.readUIntBE(62, 6)
  return length <= bytes.length - 68 ? `: ${bytes.toString('utf8', 68, 68 + length)}` : ''
}

/** Throws what a failed execution means; returns when it succeeded. */
export function requireSuccess(result: ExecResult): void {
  const error = result.exceptionError?.error
  if (error === undefined) return
  if (error === EVMError.errorMessages.REVERT) throw new ExecutionFailed(`execution reverted${reasonOf(result.returnValue)}`, result.returnValue)
  if (error === EVMError.errorMessages.INSUFFICIENT_BALANCE) throw new ExecutionFailed('insufficient funds for transfer')
  throw new ExecutionFailed(`execution failed: ${error}`)
}
