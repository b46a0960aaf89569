import { readFile } from 'node:fs/promises'
import type { ContentStore } from '@openledger/datanet'
import { fail, type Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import type { Session } from '../context/Session.ts'
import { auditFile, type AuditFile } from './auditFile.ts'
import { freshReceipt } from './awaitAttribution.ts'
import type { AuditSubject } from './auditSubject.ts'
import { epochFile, gatewayOfEpoch } from './epochFiles.ts'
import { findManifest, ifNodeAnswers, needManifest } from './findManifest.ts'
import { findReceiptAtNode } from './findReceipt.ts'
import { ReceiptBook } from './ReceiptBook.ts'

async function receiptFile(session: Session, prefix: string): Promise<Uint8Array | undefined> {
  const kept = await new ReceiptBook(session.folder.receipts).find(prefix)
  if (kept) return freshReceipt(session, kept)
  return ifNodeAnswers(async () => {
    const id: Hex | undefined = await findReceiptAtNode(session, prefix)
    return id === undefined ? undefined : session.node.receiptBundle(id)
  })
}

async function byId(session: Session, content: ContentStore, { prefix, only }: Extract<AuditSubject, { type: 'id' }>): Promise<AuditFile> {
  const receipt = only === 'adapter' ? undefined : await receiptFile(session, prefix)
  if (receipt) return { kind: 'receipt', bytes: receipt }
  const manifest = only === 'receipt' ? undefined : await findManifest(session, content, prefix)
  if (manifest) return { kind: 'adapter', bytes: manifest }
  return fail('UNKNOWN_SUBJECT', `no ${only ?? 'receipt or adapter'} whose id begins with ${prefix} is at hand`, { field: 'subject', fix: 'see openledger receipt and openledger status, or give the path of the file' })
}

async function byNumber(session: Session, content: ContentStore, index: number, gateway: Address | undefined): Promise<AuditFile> {
  const file = await epochFile(session.reader, content, gateway ?? (await gatewayOfEpoch(session.reader, index)), index)
  return file ? { kind: 'epoch', bytes: file } : fail('NO_EPOCH_FILE', `the file of epoch ${index} is not at hand`, { field: 'subject', fix: 'name the content folder that holds it with --content, or give its path' })
}

/**
 * The file that a subject means: a path, a receipt of the data folder or of the node, an epoch by what the chain says of it, an adapter's
 * run manifest.
 * @throws InputError NOT_AUDITABLE, UNKNOWN_SUBJECT, UNKNOWN_EPOCH, NO_EPOCH_FILE, UNKNOWN_ADAPTER, AMBIGUOUS_ID
 */
export async function findAuditFile(session: Session, content: ContentStore, subject: AuditSubject, gateway?: Address): Promise<AuditFile> {
  if (subject.type === 'id') return byId(session, content, subject)
  if (subject.type === 'epoch') return byNumber(session, content, subject.index, gateway)
  const bytes = await readFile(subject.text).catch(() => undefined)
  if (bytes === undefined) {
    if (subject.only === undefined || subject.only === 'adapter') return { kind: 'adapter', bytes: await needManifest(session, content, subject.text) }
    return fail('UNKNOWN_SUBJECT', `${subject.text} is neither a file nor an id`, { field: 'subject', fix: 'give the path of the file, or an id that begins with 0x' })
  }
  const file = auditFile(new Uint8Array(bytes), subject.text)
  if (subject.only !== undefined && file.kind !== subject.only) fail('NOT_AUDITABLE', `${subject.text} is the file of a${file.kind === 'receipt' ? ' receipt' : `n ${file.kind}`}, not of a${subject.only === 'receipt' ? ' receipt' : `n ${subject.only}`}`, { field: 'subject' })
  return file
}
