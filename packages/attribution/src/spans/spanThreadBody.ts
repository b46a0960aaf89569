import { parentPort, workerData } from 'node:worker_threads'
import { OpenLedgerError } from '@openledger/protocol'
import { readSpanIndex } from './readSpanIndex.ts'
import { sortSpanText } from './SpanIndex.ts'
import type { SpanReply, SpanResults, SpanTask } from './spanThread.ts'
import { prepareSpans } from './SpanStructures.ts'

/** The buffers of a result, each once: they change hands instead of being copied. */
function buffersOf(value: object): ArrayBuffer[] {
  const buffers = Object.values(value).flatMap((part: unknown) =>
    ArrayBuffer.isView(part) ? [part.buffer as ArrayBuffer] : typeof part === 'object' && part !== null && !Array.isArray(part) ? buffersOf(part) : [],
  )
  return [...new Set(buffers)]
}

function run(task: SpanTask): SpanResults[SpanTask['name']] {
  if (task.name === 'sort') return sortSpanText(task.laidOut)
  if (task.name === 'open') {
    const index = readSpanIndex(task.bytes)
    return { index, structures: prepareSpans(index, task.revoked, task.isOneOfMany) }
  }
  const { suffixes, ...structures } = prepareSpans(task.index, task.revoked, task.isOneOfMany)
  return { ...structures, suffixes: suffixes === task.index.suffixes ? undefined : suffixes }
}

function answer(task: SpanTask): SpanReply<SpanTask['name']> {
  try {
    return { result: run(task) }
  } catch (error) {
    if (!(error instanceof OpenLedgerError)) throw error
    const { code, message, field, fix, action } = error
    return { error: { code, message, field, fix, action } }
  }
}

// The module that a span thread runs.
const task = (workerData as { data: SpanTask } | null)?.data
if (parentPort && task) {
  const reply = answer(task)
  parentPort.postMessage(reply, buffersOf(reply))
}
