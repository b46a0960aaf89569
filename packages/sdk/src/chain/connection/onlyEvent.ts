import { StorageError } from '@openledger/protocol'

/** The first of the events that a successful transaction must have emitted. */
export function onlyEvent<T>(events: readonly T[], name: string): T {
  const [event] = events
  if (event === undefined) throw new StorageError('NO_EVENT', `the transaction succeeded without the event ${name}`, { action: 'stop', fix: 'check that the addresses are those of this ledger' })
  return event
}
