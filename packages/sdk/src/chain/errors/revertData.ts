import { BaseError } from 'viem'
import type { Hex } from '@openledger/protocol'

const isRevertData = (value: unknown): value is Hex => typeof value === 'string' && /^0x([0-9a-f]{2}){4,}$/i.test(value)

/** The data with which a call reverted, wherever the node put it; null when the error carries none. */
export function revertData(error: unknown): Hex | null {
  if (!(error instanceof BaseError)) return null
  let found: Hex | null = null
  error.walk((cause) => {
    const data: unknown = cause !== null && typeof cause === 'object' && 'data' in cause ? cause.data : undefined
    const nested: unknown = data !== null && typeof data === 'object' && 'data' in data ? data.data : data
    if (isRevertData(nested)) found = nested
    return false
  })
  return found
}
