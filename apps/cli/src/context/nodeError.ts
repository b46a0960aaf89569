import { InputError, OpenLedgerError, PaymentError, UnavailableError, type ErrorAction } from '@openledger/protocol'

type Body = { error?: { message?: unknown; code?: unknown; param?: unknown; fix?: unknown } }

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
const retryable = new Set([408, 425, 429, 502, 503, 504, 507])

/** An answer of the node that is not a success, as an error with the node's own code and advice. */
export function nodeError(status: number, body: string): OpenLedgerError {
  let error: Body['error']
  try {
    error = (JSON.parse(body) as Body | null)?.error
  } catch {
    error = undefined
  }
  const action: ErrorAction = retryable.has(status) ? 'retry' : status >= 500 ? 'stop' : 'fix'
  const details = { status, action, field: text(error?.param), fix: text(error?.fix) }
  const code = text(error?.code) ?? `HTTP_${status}`
  const message = text(error?.message) ?? `the node answered with status ${status}`
  if (status === 402) return new PaymentError(code, message, details)
  if (action === 'retry') return new UnavailableError(code, message, details)
  if (action === 'fix') return new InputError(code, message, details)
  return new OpenLedgerError(code, message, details)
}

/** The error of a node that does not answer. */
export function nodeAway(url: string, cause: unknown): UnavailableError {
  return new UnavailableError('NODE_AWAY', `no node answers at ${url}`, { cause, action: 'retry', fix: 'start one with: openledger up, or name its address with --url' })
}
