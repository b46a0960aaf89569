import { InputError, PaymentError, ProofError, type OpenLedgerError } from '@openledger/protocol'

type ErrorClass = new (...args: ConstructorParameters<typeof OpenLedgerError>) => OpenLedgerError
export type Advice = { type: ErrorClass; fix: string; retry?: true }

/** The input must change. */
export const input = (fix: string): Advice => ({ type: InputError, fix })
/** The proof must change. */
export const proof = (fix: string): Advice => ({ type: ProofError, fix })
/** Money is missing. */
export const payment = (fix: string): Advice => ({ type: PaymentError, fix })
/** It is too early. */
export const later = (fix: string): Advice => ({ type: InputError, fix, retry: true })
