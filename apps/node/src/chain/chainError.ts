import { OpenLedgerError, UnavailableError } from '@openledger/protocol'
import { BaseError, ContractFunctionRevertedError, HttpRequestError, TimeoutError } from 'viem'

/** Whether the chain could not be reached, rather than refused. */
export function isAway(error: unknown): boolean {
  if (error instanceof UnavailableError) return true
  if (!(error instanceof BaseError)) return false
  return error.walk((e) => e instanceof HttpRequestError || e instanceof TimeoutError) !== null
}

/** The name of the custom error with which a contract refused a call; undefined for any other failure. */
export function revertName(error: unknown): string | undefined {
  if (!(error instanceof BaseError)) return undefined
  const revert = error.walk((e) => e instanceof ContractFunctionRevertedError)
  return revert instanceof ContractFunctionRevertedError ? (revert.data?.errorName ?? revert.signature) : undefined
}

/** The error of a chain that does not answer. */
export function chainAway(what: string, cause?: unknown): UnavailableError {
  return new UnavailableError('CHAIN_AWAY', `${what}: the chain does not answer`, { cause, action: 'retry', fix: 'the node tries again by itself; try again in a moment' })
}

/** A failed call to the chain as an error with advice. */
export function chainError(error: unknown, what: string): OpenLedgerError {
  if (error instanceof OpenLedgerError) return error
  if (isAway(error)) return chainAway(what, error)
  const reason = revertName(error)
  return new OpenLedgerError('CHAIN_REFUSED', `${what}: ${reason ? `the contract refused with ${reason}` : 'the chain refused'}`, { cause: error, action: 'stop' })
}
