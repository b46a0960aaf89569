import { checkCompletion, readArtefact, receiptBundleSchema, statementDigest, statementDomain, type Hex } from '@openledger/protocol'
import type { AnswerView } from '@openledger/sdk'
import type { Session } from '../context/Session.ts'
import { checkReceipt, type Asked } from './checkReceipt.ts'
import { hasCode } from './hasCode.ts'
import { ReceiptBook } from './ReceiptBook.ts'
import { VoucherBook } from './VoucherBook.ts'

type Waiting = Pick<Session, 'node' | 'folder' | 'network'>

/**
 * Waits until an answer that was paid for is attributed, and keeps its receipt with the attribution in the place of the one without.
 * @returns the answer's view; `pending` when `timeoutMs` was not enough
 * @throws ProofError WRONG_RECEIPT, WRONG_ATTRIBUTION when what came does not belong to the receipt
 */
export async function awaitAttribution(session: Waiting, asked: Asked, view: AnswerView, timeoutMs: number): Promise<AnswerView> {
  const { node, folder, network } = session
  const payment = { channelId: asked.channelId, voucher: await new VoucherBook(folder.vouchers).last(asked.channelId) }
  try {
    const attributed = await node.attributed(asked.receiptId, payment, timeoutMs)
    const bytes = await node.receiptBundle(asked.receiptId, payment)
    await checkReceipt(bytes, asked, network)
    await new ReceiptBook(folder.receipts).keep(asked.receiptId, bytes)
    return { ...attributed, channel: view.channel }
  } catch (error) {
    if (hasCode(error, 'ATTRIBUTION_PENDING') || hasCode(error, 'NODE_AWAY')) return view
    throw error
  }
}

/** The bytes of a kept receipt; fetched again when its attribution was awaited and the node has signed one for this same receipt. */
export async function freshReceipt({ node, folder }: Pick<Session, 'node' | 'folder'>, id: Hex): Promise<Uint8Array | undefined> {
  const book = new ReceiptBook(folder.receipts)
  const kept = await book.read(id)
  if (!kept) return undefined
  const before = readArtefact(receiptBundleSchema, kept)
  if (before.attributionDeadline === undefined || before.completion) return kept
  const { channelId } = before.receipt.statement
  const payment = { channelId, voucher: await new VoucherBook(folder.vouchers).last(channelId) }
  try {
    const bytes = await node.receiptBundle(id, payment)
    const after = readArtefact(receiptBundleSchema, bytes)
    const domain = statementDomain(before.domain.chainId, before.domain.verifyingContract)
    if (statementDigest(domain, 'Receipt', after.receipt.statement) !== id || (await checkCompletion(domain, after)) !== 'complete') return kept
    await book.keep(id, bytes)
    return bytes
  } catch {
    // Without a node, or with one that sends something else, what is kept is what there is.
    return kept
  }
}
