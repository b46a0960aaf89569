import { InputError, type OpenLedgerError } from '@openledger/protocol'
import { UpstreamFault } from './UpstreamFault.ts'

/** What a server says when it does not do as asked, by status or inside a stream. */
export type Complaint = { status: number; message: string; retryAfterMs: number | undefined }

const fallbackRetryMs = 1000
const longestRetryMs = 3_600_000

type Loose = { [key: string]: unknown }
const isObject = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value)
const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** The message in an error body of either server: OpenAI's shape, its flat older form, or a plain result that was no success. */
export function complaintMessage(body: unknown): string | undefined {
  if (!isObject(body)) return undefined
  const inner = body.error
  return (isObject(inner) ? textOf(inner.message) : textOf(inner)) ?? textOf(body.error_message) ?? textOf(body.message)
}

/** The status that an error inside a stream names, if it names one. */
export function complaintStatus(body: unknown): number | undefined {
  const inner = isObject(body) ? (isObject(body.error) ? body.error : body) : {}
  const code = Number(inner.status_code ?? inner.code)
  return Number.isInteger(code) && code >= 400 && code < 600 ? code : undefined
}

/** Retry-After in milliseconds: seconds or a date. @param now milliseconds */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  const ms = /^\d+(\.\d+)?$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), longestRetryMs) : undefined
}

/** The error that a complaint is for whoever asked the node. */
export function complaintError({ status, message, retryAfterMs }: Complaint): OpenLedgerError {
  const said = message === '' ? `status ${status}` : `status ${status}: ${message}`
  if (status === 429) return new UpstreamFault('OVERLOADED', 'the upstream server takes no more requests now', { status: 429, retryAfterMs: retryAfterMs ?? fallbackRetryMs })
  if (status === 401 || status === 403) return new UpstreamFault('UPSTREAM_AUTH', 'the upstream server does not accept this node', { action: 'stop', status: 502, fix: 'set its bearer token' })
  if (status >= 500) return new UpstreamFault('UPSTREAM_FAILED', `the upstream server failed, ${said}`, { again: true, status: 503, retryAfterMs })
  if (/context length|context window|longer than the model|max_model_len|exceeds? the (maximum|model)/i.test(message)) {
    return new InputError('CONTEXT_OVERFLOW', 'prompt and answer do not fit into the context of the upstream server', { field: 'maxTokens', fix: 'shorten the conversation or lower max_tokens' })
  }
  return new UpstreamFault('UPSTREAM_REFUSED', `the upstream server refused a request, ${said}`, { action: 'stop', status: 502 })
}
