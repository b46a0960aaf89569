import { InputError, UnavailableError } from '@openledger/protocol'

/** The caller gave up. */
export function cancelled(): InputError {
  return new InputError('CANCELLED', 'the request was cancelled', { action: 'stop', status: 499 })
}

/** The request took longer than it was allowed to. */
export function deadlineExceeded(ms: number): UnavailableError {
  return new UnavailableError('DEADLINE_EXCEEDED', `the request was not finished after ${Math.round(ms)} ms`, { action: 'retry', status: 504 })
}

/** The engine ends. */
export function closed(): UnavailableError {
  return new UnavailableError('ENGINE_CLOSED', 'the engine was closed', { action: 'stop' })
}
