import { fail, readArtefact, receiptBundleSchema, type Hex } from '@openledger/protocol'
import { fileEstateClaim, readEstateClaim } from '@openledger/sdk'
import type { Address } from 'viem'
import type { Session } from '../context/Session.ts'
import { ReceiptBook } from './ReceiptBook.ts'

/** A claim that was filed; `answerBy` in Unix seconds is until when it can be refuted. */
export type FiledClaim = { gateway: Address; receiptId: Hex; fee: bigint; answerBy: number }

/**
 * Claims a kept receipt, with its gateway's kept promise, from what the silent gateway left.
 * @param prefix the receipt's id or its beginning
 * @param claimant the key that puts the deposit down
 * @throws InputError UNKNOWN_RECEIPT, NO_PROMISE, AMBIGUOUS_ID; BAD_ARTEFACT, NO_KEY; what the contract refuses
 */
export async function fileClaim(session: Session, prefix: string, claimant: string): Promise<FiledClaim> {
  const receipts = new ReceiptBook(session.folder.receipts)
  const receiptId = (await receipts.find(prefix)) ?? fail('UNKNOWN_RECEIPT', `no kept receipt begins with ${prefix}`, { field: 'receipt', fix: 'use the data folder in which the question was asked' })
  const bundle = readArtefact(receiptBundleSchema, (await receipts.read(receiptId)) ?? '')
  const promise = (await receipts.promise(receiptId)) ?? fail('NO_PROMISE', 'the gateway’s promise to settle this receipt is not kept', { field: 'receipt', fix: 'only promised receipts can be claimed' })
  const { writer } = await session.actor(claimant)
  await fileEstateClaim(writer, promise, bundle, bundle.shares)
  const { gateway, fee } = promise.statement
  const claim = await readEstateClaim(writer, gateway, receiptId)
  return { gateway, receiptId, fee, answerBy: claim?.answerBy ?? 0 }
}
