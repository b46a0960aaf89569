import { OpenLedgerError } from './OpenLedgerError.ts'

/** The caller's input is wrong; nothing was changed. */
export class InputError extends OpenLedgerError {}

/** A hash, signature or proof does not say what it was claimed to say. */
export class ProofError extends OpenLedgerError {}

/** Something on disk, in a database or in a file is damaged or from another version. */
export class StorageError extends OpenLedgerError {}

/** A chain, peer or process could not be reached or refused. */
export class UnavailableError extends OpenLedgerError {}

/** Payment is missing, too small, or not valid for this channel. */
export class PaymentError extends OpenLedgerError {}
