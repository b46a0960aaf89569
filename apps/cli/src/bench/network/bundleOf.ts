import { readArtefact, receiptBundleSchema, type Hex, type ReceiptBundle } from '@openledger/protocol'
import type { Session } from '../../context/Session.ts'
import { ReceiptBook } from '../../verbs/ReceiptBook.ts'

/** The receipt bundle that a payer of this session has kept. @throws InputError BAD_ARTEFACT when there is none */
export async function bundleOf({ folder }: Pick<Session, 'folder'>, receiptId: Hex): Promise<ReceiptBundle> {
  return readArtefact(receiptBundleSchema, (await new ReceiptBook(folder.receipts).read(receiptId)) ?? '')
}
