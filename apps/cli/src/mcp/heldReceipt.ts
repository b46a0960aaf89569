import { readArtefact, receiptBundleSchema, type Hex, type ReceiptBundle } from '@openledger/protocol'
import type { Payment } from '@openledger/sdk'
import type { Session } from '../context/Session.ts'
import { freshReceipt } from '../verbs/awaitAttribution.ts'
import { findReceipt } from '../verbs/findReceipt.ts'
import { VoucherBook } from '../verbs/VoucherBook.ts'

/** A receipt that this data folder's payer holds, or that the node shows its operator; `payment` shows the node that we may read its words. */
export type HeldReceipt = { id: Hex; bundle: ReceiptBundle; payment: Payment | undefined }

/** Finds a receipt by its id or the beginning of it. Fails with UNKNOWN_RECEIPT, HOLDER_ONLY. */
export async function heldReceipt(session: Session, prefix: string): Promise<HeldReceipt> {
  const id = await findReceipt(session, prefix)
  const bundle = readArtefact(receiptBundleSchema, (await freshReceipt(session, id)) ?? (await session.node.receiptBundle(id)))
  const { channelId } = bundle.receipt.statement
  const voucher = await new VoucherBook(session.folder.vouchers).last(channelId)
  return { id, bundle, payment: voucher && { channelId, voucher } }
}
