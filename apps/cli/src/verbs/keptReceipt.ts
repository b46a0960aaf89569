import { fail, readArtefact, receiptBundleSchema, type Hex, type PromiseFile, type ReceiptBundle } from '@openledger/protocol'
import type { Session } from '../context/Session.ts'
import { ReceiptBook } from './ReceiptBook.ts'

/** A receipt that was kept when its question was asked, with its gateway's promise to settle it. */
export type KeptReceipt = { receiptId: Hex; bundle: ReceiptBundle; promise: PromiseFile }

/**
 * Reads a kept receipt and its promise.
 * @param prefix the receipt's id or its beginning
 * @throws InputError UNKNOWN_RECEIPT, NO_PROMISE, AMBIGUOUS_ID, BAD_ARTEFACT
 */
export async function keptReceipt(session: Session, prefix: string): Promise<KeptReceipt> {
  const receipts = new ReceiptBook(session.folder.receipts)
  const receiptId = (await receipts.find(prefix)) ?? fail('UNKNOWN_RECEIPT', `no kept receipt begins with ${prefix}`, { field: 'receipt', fix: 'use the data folder in which the question was asked' })
  const bundle = readArtefact(receiptBundleSchema, (await receipts.read(receiptId)) ?? '')
  const promise = (await receipts.promise(receiptId)) ?? fail('NO_PROMISE', 'the gateway’s promise to settle this receipt is not kept', { field: 'receipt', fix: 'only promised receipts can be claimed' })
  return { receiptId, bundle, promise }
}
