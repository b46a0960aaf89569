import { InputError } from './classes.ts'
import type { ErrorDetails } from './OpenLedgerError.ts'

/**
 * Throws an {@link InputError}: the caller's input is wrong and nothing was changed.
 * @param code stable, upper case with underscores
 * @param message what is wrong, in one sentence
 * @param details the field, and what to do next
 */
export function fail(code: string, message: string, details: ErrorDetails = {}): never {
  throw new InputError(code, message, details)
}
