import { startThread } from '@openledger/engine'
import { StorageError, UnavailableError, type ErrorAction, type Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import { layOutRecords, sortSpanText, type SpanIndex, type SpanRecord, type SpanText } from './SpanIndex.ts'
import type { SpanStructures } from './SpanStructures.ts'

/** What a span thread is asked when it starts; it answers once and ends. */
export type SpanTask =
  | { name: 'sort'; laidOut: SpanText }
  | { name: 'open'; bytes: Uint8Array; revoked: ReadonlySet<Hex>; isOneOfMany: boolean }
  | { name: 'prepare'; index: SpanIndex; revoked: ReadonlySet<Hex>; isOneOfMany: boolean }

/** What it answers, by task. `prepare` gives suffixes only where they are not the index's own. */
export type SpanResults = {
  sort: SpanIndex
  open: { index: SpanIndex; structures: SpanStructures }
  prepare: Omit<SpanStructures, 'suffixes'> & { suffixes: Int32Array | undefined }
}

export type SpanReply<Name extends SpanTask['name']> = { result: SpanResults[Name] } | { error: { code: string; message: string; field?: string; fix?: string; action: ErrorAction } }

export type SpanThreadOptions = {
  /** From how many symbols on a thread is worth its start; default 500,000, which take about a tenth of a second. */
  threadFrom?: number
}

/** See `SpanThreadOptions`. */
export const defaultThreadFrom = 500_000

/** Has a task done in a thread of its own. @throws StorageError as the task does; UnavailableError SPAN_THREAD_FAILED */
export async function inThread<Name extends SpanTask['name']>(task: SpanTask & { name: Name }): Promise<SpanResults[Name]> {
  const thread = startThread(new URL('./spanThreadBody.ts', import.meta.url), task)
  try {
    const reply = await new Promise<SpanReply<Name>>((resolve, reject) => {
      thread.once('message', resolve)
      thread.once('error', (cause) => reject(new UnavailableError('SPAN_THREAD_FAILED', 'the thread that works on a span index failed', { cause, action: 'retry' })))
      thread.once('exit', () => reject(new UnavailableError('SPAN_THREAD_FAILED', 'the thread that works on a span index ended without an answer', { action: 'retry' })))
    })
    if ('result' in reply) return reply.result
    const { code, message, ...details } = reply.error
    throw new StorageError(code, message, details)
  } finally {
    await thread.terminate()
  }
}

/** `buildSpanIndex` with the sorting in a thread of its own, so that a node goes on answering; the records are laid out here. */
export async function buildSpanIndexAside(records: readonly SpanRecord[], contributors: readonly Address[], { threadFrom = defaultThreadFrom }: SpanThreadOptions = {}): Promise<SpanIndex> {
  const laidOut = layOutRecords(records, contributors)
  return laidOut.text.length < threadFrom ? sortSpanText(laidOut) : inThread({ name: 'sort', laidOut })
}
