import { fail, type Hex } from '@openledger/protocol'
import { breachGuarantee, readGuarantee, readGuaranteeBalance, settleGuarantee, withdrawGuaranteeBalance, type GuaranteeStatus } from '@openledger/sdk'
import type { Address } from 'viem'
import type { Session } from '../context/Session.ts'
import { waitUntil } from '../verbs/waitUntil.ts'
import { GuaranteeBook } from './GuaranteeBook.ts'

export type EndInput = {
  guaranteeId: string
  /** The key that sends the transactions. */
  sender: string
  /** How long to wait for the deadline, milliseconds; default 0. */
  timeoutMs?: number
}

export type Ended = { guaranteeId: Hex; status: GuaranteeStatus; client: Address; agent: Address; /** What this call paid out to the client, smallest unit. */ paid: bigint }

/**
 * Ends a guarantee that its agent has not kept: shows the breach after the deadline, or asks the verifier that was to answer, and pays the client
 * its balance out. Anyone may; repeated, it changes nothing.
 * @throws InputError UNKNOWN_GUARANTEE, DEADLINE_AHEAD, STILL_PENDING
 */
export async function endGuarantee(session: Session, { guaranteeId: prefix, sender, timeoutMs = 0 }: EndInput): Promise<Ended> {
  const guaranteeId = await new GuaranteeBook(session.folder.guarantees).find(prefix)
  const before = await readGuarantee(session.reader, guaranteeId)
  if (!before) return fail('UNKNOWN_GUARANTEE', 'nobody has accepted this promise', { fix: 'there is nothing to end' })
  const { writer } = await session.actor(sender)
  const wait = { what: 'the deadline has passed', timeoutMs, everyMs: 250 }
  if (before.status === 'accepted') await waitUntil(() => breachGuarantee(writer, guaranteeId), wait)
  if (before.status === 'delivered') await waitUntil(() => settleGuarantee(writer, guaranteeId), wait)
  const { client, agent } = before.guarantee
  const owed = await readGuaranteeBalance(session.reader, client)
  const paid = owed === 0n ? 0n : await withdrawGuaranteeBalance(writer, client)
  const after = await readGuarantee(session.reader, guaranteeId)
  return { guaranteeId, status: after?.status ?? before.status, client, agent, paid }
}
