import { TransactionReceiptNotFoundError, type PublicClient, type TransactionReceipt } from 'viem'
import { UnavailableError, type Hex } from '@openledger/protocol'
import { isUnreachable } from '../errors/isUnreachable.ts'
import { pause } from './untilAvailable.ts'

const firstPauseMs = 20
const longestPauseMs = 250
const resendEveryMs = 1_000

async function receiptOrNull(publicClient: PublicClient, hash: Hex): Promise<TransactionReceipt | null> {
  try {
    return await publicClient.getTransactionReceipt({ hash })
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError || isUnreachable(error)) return null
    throw error
  }
}

/**
 * Waits until a transaction is in a block. A chain that restarts may forget what was waiting, so it is sent again now and then.
 * @param resend sends the same signed transaction again; must not throw
 * @param timeoutMs when to give up, in milliseconds
 * @throws UnavailableError NOT_MINED: the transaction may still be mined later; its hash is in the message
 */
export async function waitForReceipt(
  publicClient: PublicClient,
  hash: Hex,
  resend: () => Promise<void>,
  timeoutMs: number,
): Promise<TransactionReceipt> {
  const start = Date.now()
  let sentAt = start
  for (let wait = firstPauseMs; ; wait = Math.min(1.5 * wait, longestPauseMs)) {
    const receipt = await receiptOrNull(publicClient, hash)
    if (receipt) return receipt
    if (Date.now() - start > timeoutMs) {
      throw new UnavailableError('NOT_MINED', `transaction ${hash} was not mined in ${Math.round(timeoutMs / 1000)} s`, {
        action: 'retry',
        fix: 'check that the chain makes blocks; look the transaction up before sending it again',
      })
    }
    if (Date.now() - sentAt > resendEveryMs) {
      await resend()
      sentAt = Date.now()
    }
    await pause(wait)
  }
}
