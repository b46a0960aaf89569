import { fail, promiseFileSchema, readArtefact, type PromiseFile } from '@openledger/protocol'
import { accusePromise, type PromiseVerdict } from '@openledger/sdk'
import type { Session } from '../context/Session.ts'
import { epochOfReceipt } from './epochFiles.ts'
import { sessionContent } from '../context/sessionContent.ts'

export type BrokenPromise = { promise: PromiseFile; verdict: PromiseVerdict }

/**
 * Brings a gateway's broken promise to settle a receipt to the chain: a summons first, and by the same call after its time a conviction.
 * @param accuser the key that puts the deposit down and gets the reward
 * @param force send it although an epoch at hand holds the receipt, and lose the deposit
 * @throws InputError PROMISE_KEPT when an epoch that stands holds the receipt; as accusePromise; BAD_ARTEFACT, NO_KEY
 */
export async function accuseBrokenPromise(session: Session, file: Uint8Array, accuser: string, force = false): Promise<BrokenPromise> {
  const promise = readArtefact(promiseFileSchema, file)
  const { receiptId: id, gateway } = promise.statement
  const content = sessionContent(session)
  if (!force && (await epochOfReceipt(session.reader, content, { id, gateway, time: 0n }))) {
    fail('PROMISE_KEPT', 'an epoch of the gateway holds this receipt: the deposit would be lost', { field: 'file', fix: 'audit the epoch instead with: openledger audit epoch <n>' })
  }
  const { writer } = await session.actor(accuser)
  return { promise, verdict: await accusePromise(writer, promise) }
}

/** Whether a file says that it is a promise. */
export function isPromiseFile(bytes: Uint8Array): boolean {
  try {
    return (JSON.parse(new TextDecoder().decode(bytes)) as { kind?: unknown } | null)?.kind === promiseFileSchema.shape.kind.value
  } catch {
    return false
  }
}
