import { OpenLedgerError, type ErrorAction } from '@openledger/protocol'

/** A call as it is declared: what goes in, what comes back, and what is reported on the way. */
export type CallShape = { params: unknown; result: unknown; event: unknown }
export type CallTable = Record<string, CallShape>

/** Messages from the caller to the worker. */
export type Request = { kind: 'call'; id: number; method: string; params: unknown } | { kind: 'cancel'; id: number }

/** Messages from the worker to the caller. */
export type Reply =
  | { kind: 'event'; id: number; event: unknown }
  | { kind: 'result'; id: number; result: unknown }
  | { kind: 'error'; id: number; error: WireError }

/** An error as it crosses a thread border. */
export type WireError = { name: string; code: string; message: string; field?: string; fix?: string; action?: ErrorAction; status?: number; retryAfterMs?: number }

/** What a handler may use: report progress, learn that the caller gave up, and name buffers of the result to be moved instead of copied. */
export type CallContext<Event> = { emit: (event: Event) => void; signal: AbortSignal; transfer: ArrayBuffer[] }
export type Handlers<Table extends CallTable> = {
  [Name in keyof Table]: (params: Table[Name]['params'], context: CallContext<Table[Name]['event']>) => Promise<Table[Name]['result']> | Table[Name]['result']
}

/** Packs an error for the way to another thread. */
export function packError(error: unknown): WireError {
  if (error instanceof OpenLedgerError) {
    const { name, code, message, field, fix, action, status, retryAfterMs } = error
    return { name, code, message, field, fix, action, status, retryAfterMs }
  }
  return { name: 'OpenLedgerError', code: 'INTERNAL', message: error instanceof Error ? (error.stack ?? error.message) : String(error), action: 'stop', status: 500 }
}

/** Unpacks what `packError` packed; code, advice and status survive. */
export function unpackError(wire: WireError): OpenLedgerError {
  const { code, message, name, ...details } = wire
  const error = new OpenLedgerError(code, message, details)
  error.name = name
  return error
}
