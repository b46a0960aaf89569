import { fail, readArtefact, receiptBundleSchema, zeroHash, type Hex } from '@openledger/protocol'
import { readAdapter, readLineage, type Lineage } from '@openledger/sdk'
import type { Session } from '../context/Session.ts'
import { findReceipt } from './findReceipt.ts'

/** An adapter down to the roots of its records; `licence` is the one under which it is passed on. */
export type FoundLineage = Lineage & { licence: string; /** The receipt that was asked about. */ receiptId: Hex | null }

/** The adapter that a subject names: its id, or a receipt's. */
async function adapterOf(session: Session, subject: string): Promise<{ adapterId: Hex; receiptId: Hex | null }> {
  const id = subject.toLowerCase() as Hex
  if (/^0x[0-9a-f]{64}$/.test(id) && (await readLineage(session.reader, id))) return { adapterId: id, receiptId: null }
  const receiptId = await findReceipt(session, id)
  const { adapterId } = readArtefact(receiptBundleSchema, await session.node.receiptBundle(receiptId)).receipt.statement
  if (adapterId === zeroHash) fail('BARE_BASE', `receipt ${receiptId} is an answer of the bare base: no records were trained on`, { fix: 'ask about an answer of an adapter' })
  return { adapterId, receiptId }
}

/**
 * Everything from an adapter, or from one answer's adapter, to the roots of its records, as the chain says it.
 * @param subject an adapter's id, or a receipt's id or its beginning
 * @throws InputError UNKNOWN_RECEIPT, BARE_BASE, UNKNOWN_MODEL; CHAIN_AWAY, NODE_AWAY
 */
export async function lineage(session: Session, subject: string): Promise<FoundLineage> {
  const { adapterId, receiptId } = await adapterOf(session, subject)
  const [found, adapter] = await Promise.all([readLineage(session.reader, adapterId), readAdapter(session.reader, adapterId)])
  if (!found || !adapter) return fail('UNKNOWN_MODEL', `the chain knows no adapter ${adapterId}`, { fix: 'check the network: openledger status' })
  return { ...found, licence: adapter.run.licence, receiptId }
}
