import type { AuditReport, AuditSession, CheckOutcome, DisputeRequest } from '@openledger/audit'
import type { ContentStore } from '@openledger/datanet'
import { epochFileSchema, OpenLedgerError, ProofError, readArtefact, receiptBundleSchema, runManifestSchema, statementDigest, statementDomain, type Hex, type PromiseFile } from '@openledger/protocol'
import type { Address } from 'viem'
import { sessionContent } from '../context/sessionContent.ts'
import type { Session } from '../context/Session.ts'
import type { AuditFile } from './auditFile.ts'
import { baseFile, type BaseFile } from './baseFile.ts'
import { auditSubject } from './auditSubject.ts'
import { epochFile, epochOfReceipt } from './epochFiles.ts'
import { findAuditFile } from './findAuditFile.ts'
import { ReceiptBook } from './ReceiptBook.ts'

export type AuditInput = {
  /** See auditSubject: a path, an id, a run's name, an epoch's number, or "epoch 3"; as one text or as its words. */
  subject: string | readonly string[]
  /** The base's weight file; default: the one whose hash the chain holds, from this package or the content store. */
  model?: string
  /** Train an adapter again. Default false. */
  rerun?: boolean
  /** Whose epoch, when several gateways posted one of this number. */
  gateway?: Address
  threads?: number
  /** What several audits have in common: one engine, one checked lineage; default nothing. */
  shared?: AuditSession
  /** For an answer: what the model says by forward passes beside the scores. */
  secondOpinion?: boolean
  /** For an answer: accusations to make with their openings; an empty list for one of each fault found. */
  disputes?: readonly DisputeRequest[]
  onCheck?: (outcome: CheckOutcome) => void
  onProgress?: (step: number, steps: number) => void
}

type Parts = { session: Session; content: ContentStore; input: AuditInput }

async function weights({ session, content, input }: Parts, baseId: Hex): Promise<BaseFile> {
  const { model } = input
  const { findModelFile, modelStoreOf } = await import('@openledger/engine')
  const store = modelStoreOf(session.folder.root, process.env)
  if (model !== undefined) return { path: (await findModelFile(store, model)).path, release: () => Promise.resolve() }
  const { tinyModelPath } = await import('@openledger/tiny')
  return baseFile(session.reader, content, baseId, { packaged: tinyModelPath(), store })
}

/** The gateway's promise about a receipt: the payer's own, else what the node shows; undefined when there is none. */
async function promiseOf(session: Session, id: Hex): Promise<PromiseFile | undefined> {
  const kept = await new ReceiptBook(session.folder.receipts).promise(id)
  return kept ?? (await session.node.receiptPromise(id).catch(() => undefined))
}

async function receiptReport(parts: Parts, bytes: Uint8Array): Promise<AuditReport> {
  const { session, content, input } = parts
  const { auditReceipt, viemChainView } = await import('@openledger/audit')
  const bundle = readArtefact(receiptBundleSchema, bytes)
  const { statement } = bundle.receipt
  const { chainId, verifyingContract } = bundle.domain
  const id = statementDigest(statementDomain(chainId, verifyingContract), 'Receipt', statement)
  const settled = await epochOfReceipt(session.reader, content, { id, gateway: statement.gateway, time: statement.time })
  const promise = await promiseOf(session, id)
  const base = await weights(parts, statement.baseId)
  const source = { content, modelPath: base.path, threads: input.threads }
  const { network } = session
  const { shared, secondOpinion, disputes, onCheck } = input
  return auditReceipt({ bundle: bytes, content, chain: viemChainView(network), network, source, epochFile: settled, promise, session: shared, withSecondOpinion: secondOpinion, disputes, onCheck }).finally(base.release)
}

async function epochReport({ session, content, input }: Parts, bytes: Uint8Array): Promise<AuditReport> {
  const { auditEpoch, viemChainView } = await import('@openledger/audit')
  const { gateway, index } = readArtefact(epochFileSchema, bytes)
  const previousFile = await epochFile(session.reader, content, gateway, index - 1)
  const earlierFile = (before: number): Promise<Uint8Array | undefined> => epochFile(session.reader, content, gateway, before)
  return auditEpoch({ file: bytes, chain: viemChainView(session.network), previousFile, earlierFile, onCheck: input.onCheck })
}

async function adapterReport(parts: Parts, bytes: Uint8Array): Promise<AuditReport> {
  const { session, content, input } = parts
  const { auditAdapter, viemChainView } = await import('@openledger/audit')
  const base = await weights(parts, readArtefact(runManifestSchema, bytes).run.statement.baseId)
  const source = { content, modelPath: base.path, threads: input.threads }
  const { rerun, shared, onCheck, onProgress } = input
  const { network } = session
  return auditAdapter({ manifest: bytes, content, chain: viemChainView(network), network, source, session: shared, rerun, onCheck, onProgress }).finally(base.release)
}

/** A file whose form or bytes are wrong is a claim that is false before any check could be made. */
function reportOfBadFile(kind: AuditFile['kind'], error: unknown, onCheck: AuditInput['onCheck']): AuditReport {
  const damaged = error instanceof ProofError || (error instanceof OpenLedgerError && ['BAD_ARTEFACT', 'CORRUPT_CONTENT'].includes(error.code))
  if (!damaged) throw error
  const { message } = error as OpenLedgerError
  const outcome: CheckOutcome = { name: 'files', status: 'false', detail: message }
  onCheck?.(outcome)
  return { kind, subject: 'unread', ok: false, checks: [outcome], falseClaim: `files: ${message}` }
}

/** "epoch 3" as two words; a path may hold blanks. */
const wordsOf = (text: string): string[] => (/^(receipt|epoch|adapter) \S+$/.test(text) ? text.split(' ') : [text])

/**
 * Audits an answer, an epoch or an adapter from files and the chain alone; the node is asked only for files that are not at hand.
 * @returns the report; `ok` is false when a claim is false
 * @throws InputError when the subject is not found; UnavailableError when chain or files are away
 */
export async function audit(session: Session, input: AuditInput): Promise<AuditReport> {
  const { subject, gateway } = input
  const content = sessionContent(session)
  const asked = auditSubject(typeof subject === 'string' ? wordsOf(subject) : subject)
  let kind: AuditFile['kind'] = asked.type === 'epoch' ? 'epoch' : (asked.only ?? 'adapter')
  try {
    const file = await findAuditFile(session, content, asked, gateway)
    kind = file.kind
    const report = { receipt: receiptReport, epoch: epochReport, adapter: adapterReport }[kind]
    return await report({ session, content, input }, file.bytes)
  } catch (error) {
    return reportOfBadFile(kind, error, input.onCheck)
  }
}
