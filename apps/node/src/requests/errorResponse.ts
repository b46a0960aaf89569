import { OpenLedgerError } from '@openledger/protocol'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { errorFields, type Log } from '../config/Log.ts'

/** Any failure as an error with a code; what is not ours is a fault of the node, and its words stay in the log. */
export function toLedgerError(error: unknown, log: Log): OpenLedgerError {
  if (error instanceof OpenLedgerError) return error
  log.error('http.fault', errorFields(error))
  return new OpenLedgerError('INTERNAL', 'the node failed to answer; its log says why', { action: 'stop', fix: 'try again; if it stays, report it with the time of the request' })
}

/** OpenAI's clients decide by `type` and by the HTTP status what to do. */
export function errorType(status: number): string {
  if (status === 401) return 'authentication_error'
  if (status === 403) return 'permission_error'
  if (status === 402) return 'payment_required'
  if (status === 404) return 'not_found_error'
  if (status === 429) return 'rate_limit_error'
  return status < 500 ? 'invalid_request_error' : 'server_error'
}

/** An error as it travels: OpenAI's shape with the advice beside it. */
export function errorBody(error: OpenLedgerError): { error: { message: string; type: string; param: string | null; code: string; fix: string | null } } {
  return { error: { message: error.message, type: errorType(error.status), param: error.field ?? null, code: error.code, fix: error.fix ?? null } }
}

/** Answers with an error. */
export function errorResponse(c: Context, error: unknown, log: Log): Response {
  const known = toLedgerError(error, log)
  if (known.action === 'retry') c.header('retry-after', String(Math.max(1, Math.ceil((known.retryAfterMs ?? 0) / 1000))))
  return c.json(errorBody(known), known.status as ContentfulStatusCode)
}
