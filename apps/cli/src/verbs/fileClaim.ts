import type { Hex } from '@openledger/protocol'
import { fileEstateClaim, readEstateClaim } from '@openledger/sdk'
import type { Address } from 'viem'
import type { Session } from '../context/Session.ts'
import { keptReceipt } from './keptReceipt.ts'

/** A claim that was filed; `answerBy` in Unix seconds is until when it can be refuted. */
export type FiledClaim = { gateway: Address; receiptId: Hex; fee: bigint; answerBy: number }

/**
 * Claims a kept receipt, with its gateway's kept promise, from what the silent gateway left.
 * @param prefix the receipt's id or its beginning
 * @param claimant the key that puts the deposit down
 * @throws InputError as `keptReceipt`; NO_KEY; what the contract refuses
 */
export async function fileClaim(session: Session, prefix: string, claimant: string): Promise<FiledClaim> {
  const { receiptId, bundle, promise } = await keptReceipt(session, prefix)
  const { writer } = await session.actor(claimant)
  await fileEstateClaim(writer, promise, bundle, bundle.shares)
  const { gateway, fee } = promise.statement
  const claim = await readEstateClaim(writer, gateway, receiptId)
  return { gateway, receiptId, fee, answerBy: claim?.answerBy ?? 0 }
}
