import { isUnreachable } from '../errors/isUnreachable.ts'
import { UnavailableError } from '@openledger/protocol'

const defaultTimeoutMs = 30_000
const firstPauseMs = 100
const longestPauseMs = 2_000

/** Waits; the clock of retries and polls. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Repeats an operation that may be repeated while the chain cannot be reached, with growing pauses.
 * @param timeoutMs when to give up, in milliseconds; default 30,000
 * @throws UnavailableError CHAIN_AWAY after the timeout; any other error of the operation at once
 */
export async function untilAvailable<T>(operation: () => Promise<T>, timeoutMs: number = defaultTimeoutMs): Promise<T> {
  const deadline = Date.now() + timeoutMs
  for (let wait = firstPauseMs; ; wait = Math.min(2 * wait, longestPauseMs)) {
    try {
      return await operation()
    } catch (cause) {
      if (!isUnreachable(cause)) throw cause
      if (Date.now() + wait > deadline) {
        throw new UnavailableError('CHAIN_AWAY', `the chain did not answer for ${Math.round(timeoutMs / 1000)} s`, {
          cause,
          action: 'retry',
          fix: 'check that the chain runs and that its address is right, then try again; nothing was changed',
        })
      }
      await pause(wait)
    }
  }
}
