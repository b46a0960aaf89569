import type { MessagePort } from 'node:worker_threads'
import { type CallTable, type Handlers, packError, type Reply, type Request } from './wire.ts'

/** Answers the calls that come in on a port, each on its own, until the port closes. */
export function serveCalls<Table extends CallTable>(port: MessagePort, handlers: Handlers<Table>): void {
  const running = new Map<number, AbortController>()
  const send = (reply: Reply, transfer: ArrayBuffer[] = []): void => port.postMessage(reply, transfer)
  port.on('message', (request: Request) => {
    if (request.kind === 'cancel') return running.get(request.id)?.abort()
    const { id, method, params } = request
    const controller = new AbortController()
    const transfer: ArrayBuffer[] = []
    running.set(id, controller)
    const run = async (): Promise<unknown> => handlers[method as keyof Table](params as Table[keyof Table]['params'], { emit: (event) => send({ kind: 'event', id, event }), signal: controller.signal, transfer })
    run()
      .then(
        (result) => send({ kind: 'result', id, result }, transfer),
        (error: unknown) => send({ kind: 'error', id, error: packError(error) }),
      )
      .finally(() => running.delete(id))
  })
}
