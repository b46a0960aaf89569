import { OpenLedgerError } from '@openledger/protocol'

/**
 * Whose matter a failed attempt is: `caller`: the request's own, the same everywhere; `full`: the node has too much to do; `differs`: the node would have
 * begun the answer otherwise; `node`: the node's, or that of the way to it.
 */
export type Fault = 'caller' | 'full' | 'differs' | 'node'

const full = new Set(['OVERLOADED', 'ATTRIBUTION_BEHIND'])
const callers = new Set(['CANCELLED', 'DEADLINE_EXCEEDED'])

/** Says whose matter an error is. */
export function faultOf(error: unknown): Fault {
  if (!(error instanceof OpenLedgerError)) return 'node'
  if (error.code === 'CONTINUATION_DIFFERS') return 'differs'
  if (full.has(error.code)) return 'full'
  if (callers.has(error.code)) return 'caller'
  return error.action === 'fix' && error.status < 500 ? 'caller' : 'node'
}
