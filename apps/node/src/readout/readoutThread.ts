import { parentPort, workerData } from 'node:worker_threads'
import type { AnswerEngine } from '@openledger/attribution'
import { lowerPriority } from '@openledger/engine'
import { OpenLedgerError } from '@openledger/protocol'
import { OpenLedgerClient } from '@openledger/sdk'
import { fetchingStore } from '../storage/fetchingStore.ts'
import { openContent } from '../content/openContent.ts'
import { AnswerAttributor } from './AnswerAttributor.ts'
import type { FromThread, ThreadData, ToThread } from './AttributionThread.ts'

// The module that the thread of an AttributionThread runs.
const { content, gateway, niceness } = (workerData as { data: ThreadData }).data
lowerPriority(niceness)
const send = (message: FromThread): void => parentPort!.postMessage(message)

/** What waits for the engine, which lives on the other side. */
const asked = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>()
let calls = 0
function ask<T>(method: keyof AnswerEngine, args: unknown[]): Promise<T> {
  calls += 1
  const call = calls
  return new Promise<T>((resolve, reject) => {
    asked.set(call, { resolve, reject })
    send({ kind: 'engine', call, method, args })
  })
}
const engine: AnswerEngine = {
  answerGradient: (...args) => ask('answerGradient', args),
  pieces: (...args) => ask('pieces', args),
}
const own = openContent(content)
const client = gateway === undefined ? undefined : new OpenLedgerClient({ url: gateway })
const attributor = new AnswerAttributor(engine, client ? fetchingStore(own, (cid) => client.content(cid)) : own)

function failureOf(error: unknown): { code: string; message: string } {
  return { code: error instanceof OpenLedgerError ? error.code : 'ATTRIBUTION_BROKE', message: error instanceof Error ? error.message : String(error) }
}

parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'attribute') {
    const { id } = message
    attributor.attribute(message.request).then(
      (result) => send({ kind: 'done', id, result }),
      (error: unknown) => send({ kind: 'failed', id, error: failureOf(error) }),
    )
    return
  }
  const waiting = asked.get(message.call)
  asked.delete(message.call)
  if (message.kind === 'answered') waiting?.resolve(message.value as never)
  else waiting?.reject(new OpenLedgerError(message.error.code, message.error.message, { action: 'retry' }))
})
