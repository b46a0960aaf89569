import { startThread } from '@openledger/engine'
import { StorageError, UnavailableError, type ErrorAction, type Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import { readSpanIndex } from './readSpanIndex.ts'
import { SpanFinder } from './SpanFinder.ts'
import { layOutRecords, sortSpanText, type SpanIndex, type SpanRecord, type SpanText } from './SpanIndex.ts'
import type { SpanStructures } from './SpanStructures.ts'

/** What a span thread is asked when it starts; it answers once and ends. */
export type SpanTask =
  | { name: 'sort'; laidOut: SpanText }
  | { name: 'open'; bytes: Uint8Array; revoked: ReadonlySet<Hex> }
  | { name: 'prepare'; index: SpanIndex; revoked: ReadonlySet<Hex> }

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

const defaultThreadFrom = 500_000

async function inThread<Name extends SpanTask['name']>(task: SpanTask & { name: Name }): Promise<SpanResults[Name]> {
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

/**
 * Reads and checks a span index file and opens its finder, in a thread of its own when it is large.
 * @throws StorageError BAD_FILE as `readSpanIndex`
 */
export async function openSpanFinder(bytes: Uint8Array, revoked: ReadonlySet<Hex>, { threadFrom = defaultThreadFrom }: SpanThreadOptions = {}): Promise<SpanFinder> {
  if (bytes.length < 8 * threadFrom) return new SpanFinder(readSpanIndex(bytes), revoked)
  const { index, structures } = await inThread({ name: 'open', bytes, revoked })
  return new SpanFinder(index, revoked, structures)
}

/** A finder over the same index with other records revoked; in a thread of its own when it is large. */
export async function withRevokedRecords({ index }: SpanFinder, revoked: ReadonlySet<Hex>, { threadFrom = defaultThreadFrom }: SpanThreadOptions = {}): Promise<SpanFinder> {
  if (index.text.length < threadFrom) return new SpanFinder(index, revoked)
  const { suffixes, ...structures } = await inThread({ name: 'prepare', index, revoked })
  return new SpanFinder(index, revoked, { ...structures, suffixes: suffixes ?? index.suffixes })
}
