import { setTimeout as pause } from 'node:timers/promises'
import { OpenLedgerError, UnavailableError } from '@openledger/protocol'

export type WaitOptions = {
  /** What is waited for, for the error: "the node has read block 7". */
  what: string
  timeoutMs: number
  everyMs?: number
  signal?: AbortSignal
}

/**
 * Asks again and again until the answer is not undefined. Errors that say "retry" count as "not yet" and are thrown at the deadline.
 * @throws UnavailableError TIMEOUT; any other error of `ask` at once
 */
export async function waitUntil<T>(ask: () => Promise<T | undefined>, { what, timeoutMs, everyMs = 100, signal }: WaitOptions): Promise<T> {
  const deadline = performance.now() + timeoutMs
  let last: OpenLedgerError | undefined
  for (;;) {
    signal?.throwIfAborted()
    try {
      const found = await ask()
      if (found !== undefined) return found
    } catch (error) {
      if (!(error instanceof OpenLedgerError) || error.action !== 'retry') throw error
      last = error
    }
    if (performance.now() > deadline) {
      throw last ?? new UnavailableError('TIMEOUT', `waited ${Math.round(timeoutMs / 1000)} s in vain until ${what}`, { action: 'retry', fix: 'repeat the command: it goes on where it stopped' })
    }
    await pause(everyMs, undefined, { signal })
  }
}
