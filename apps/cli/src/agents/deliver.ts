import { EpochTrees, epochFileSchema, fail, readArtefact, receiptBundleSchema, receiptEvidence, releaseEvidence, toHex, type Hex, type ReceiptTerms } from '@openledger/protocol'
import { deliverGuarantee, readEpoch, readGuarantee, type GuaranteeStatus } from '@openledger/sdk'
import type { Session } from '../context/Session.ts'
import { epochOfReceipt } from '../verbs/epochFiles.ts'
import { fetchContent } from '../verbs/fetchContent.ts'
import { findReceipt } from '../verbs/findReceipt.ts'
import { ReceiptBook } from '../verbs/ReceiptBook.ts'
import { waitUntil } from '../verbs/waitUntil.ts'
import { GuaranteeBook } from './GuaranteeBook.ts'

/** What is delivered: a receipt of this folder, content, or a result that the client has released. */
export type Delivery = { receipt: string } | { content: Uint8Array } | { resultHash: Hex; signature: Hex }

export type DeliverInput = {
  /** The name of the agent's key. */
  agent: string
  guaranteeId: string
  delivery: Delivery
  /** How long to wait until a receipt's epoch is final, milliseconds; default two minutes. */
  timeoutMs?: number
}

export type Delivered = { guaranteeId: Hex; status: GuaranteeStatus }

/** The epoch that holds a receipt, with its file. */
async function anchorOf(session: Session, receiptId: Hex, bundle: { gateway: `0x${string}`; time: bigint }) {
  // The node lists the epoch's file before any copy of it lies in this folder.
  for (const { cid } of await session.node.epochs()) await fetchContent(session, cid)
  const bytes = await epochOfReceipt(session.reader, session.content, { id: receiptId, ...bundle })
  if (!bytes) return undefined
  const file = readArtefact(epochFileSchema, bytes)
  const epoch = await readEpoch(session.reader, file.gateway, BigInt(file.index))
  return epoch ? { header: epoch.header, trees: new EpochTrees(file) } : undefined
}

async function evidenceOfReceipt(session: Session, prefix: string, terms: ReceiptTerms, timeoutMs: number): Promise<Hex> {
  const receiptId = await findReceipt(session, prefix)
  const bytes = await new ReceiptBook(session.folder.receipts).read(receiptId)
  if (!bytes) return fail('UNKNOWN_RECEIPT', 'this folder does not hold the receipt with its answer', { fix: 'deliver from the folder of the key that asked' })
  const { receipt, request, answer } = readArtefact(receiptBundleSchema, bytes)
  const find = () => anchorOf(session, receiptId, receipt.statement)
  const { header, trees } = await waitUntil(find, { what: 'an epoch holds the receipt', timeoutMs, everyMs: 250 })
  const [opening] = trees.findReceipt(receiptId)
  if (opening?.leaf.receiptId !== receiptId) return fail('NOT_ANCHORED', 'the epoch does not hold the receipt', { fix: 'wait for the epoch that does' })
  return receiptEvidence({ terms, receipt, epoch: header, opening, answer: { salt: request.salt, tokens: answer.tokens } })
}

/**
 * Brings what an agent promised. For a receipt it waits until the epoch that anchors it is final. What was delivered before is not delivered again.
 * @throws InputError UNKNOWN_GUARANTEE, UNKNOWN_RECEIPT, DEADLINE_PASSED and what the verifier refuses
 */
export async function deliver(session: Session, { agent, guaranteeId: prefix, delivery, timeoutMs = 120_000 }: DeliverInput): Promise<Delivered> {
  const book = new GuaranteeBook(session.folder.guarantees)
  const guaranteeId = await book.find(prefix)
  const state = await readGuarantee(session.reader, guaranteeId)
  if (!state) return fail('UNKNOWN_GUARANTEE', 'nobody has accepted this promise', { fix: 'wait until the client accepts it' })
  if (state.status !== 'accepted') return { guaranteeId, status: state.status }
  const { writer } = await session.actor(agent)
  if ('content' in delivery) return { guaranteeId, status: await deliverGuarantee(writer, guaranteeId, toHex(delivery.content)) }
  if ('signature' in delivery) return { guaranteeId, status: await deliverGuarantee(writer, guaranteeId, releaseEvidence(delivery.resultHash, delivery.signature)) }
  const terms = (await book.read(guaranteeId))?.receiptTerms
  if (!terms) return fail('NO_TERMS', 'this folder does not hold what a receipt must be for this promise', { fix: 'deliver from the folder in which it was signed' })
  const evidence = await evidenceOfReceipt(session, delivery.receipt, terms, timeoutMs)
  // EPOCH_NOT_FINAL says to try again.
  const status = await waitUntil(() => deliverGuarantee(writer, guaranteeId, evidence), { what: 'the epoch is final', timeoutMs, everyMs: 250 })
  return { guaranteeId, status }
}
