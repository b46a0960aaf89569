import { BaseError, decodeErrorResult, InsufficientFundsError } from 'viem'
import { InputError, OpenLedgerError, PaymentError, UnavailableError, type Hex } from '@openledger/protocol'
import { errorAdvice } from './errorAdvice.ts'
import { isUnreachable } from './isUnreachable.ts'
import { ledgerErrorAbi } from './ledgerErrorAbi.ts'
import { revertData } from './revertData.ts'

/** The stable code of a custom error: `VoucherAboveDeposit` is VOUCHER_ABOVE_DEPOSIT, `ERC20InsufficientBalance` ERC20_INSUFFICIENT_BALANCE. */
export function errorCode(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()
}

const words = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()

function fromRevert(call: string, data: Hex, cause: unknown): OpenLedgerError {
  let decoded: { errorName: string; args?: readonly unknown[] }
  try {
    decoded = decodeErrorResult({ abi: ledgerErrorAbi, data })
  } catch {
    return new InputError('REVERTED', `${call} was refused by the contract with data ${data.slice(0, 74)}`, { cause, fix: 'check the input and the contracts’ addresses' })
  }
  const { errorName, args } = decoded
  const detail = args && args.length > 0 ? ` (${args.map(String).join(', ')})` : ''
  const advice = errorAdvice[errorName]
  const Type = advice?.type ?? InputError
  return new Type(errorCode(errorName), `${call} was refused: ${words(errorName)}${detail}`, {
    cause,
    fix: advice?.fix ?? 'check the input',
    action: advice?.retry ? 'retry' : 'fix',
  })
}

/**
 * Turns whatever a call to the chain threw into an error with a code and advice.
 * @param call what was attempted, such as "deposit"; begins the message
 */
export function ledgerError(call: string, cause: unknown): OpenLedgerError {
  if (cause instanceof OpenLedgerError) return cause
  const data = revertData(cause)
  if (data !== null) return fromRevert(call, data, cause)
  if (isUnreachable(cause)) {
    return new UnavailableError('CHAIN_AWAY', `the chain did not answer ${call}`, { cause, action: 'retry', fix: 'check that the chain runs, then try again' })
  }
  const message = cause instanceof BaseError ? (cause.details ?? cause.shortMessage) : String(cause)
  const poor = cause instanceof BaseError && cause.walk((e) => e instanceof InsufficientFundsError) !== null
  if (poor || /insufficient funds/i.test(message)) {
    return new PaymentError('NO_FUNDS', `${call} was refused: the account cannot pay for the gas and the value`, { cause, fix: 'send OPEN to the account' })
  }
  return new InputError('CALL_FAILED', `${call} failed: ${message}`, { cause, fix: 'check the input, the chain and the contracts’ addresses' })
}
