import { UnavailableError, type ErrorDetails } from '@openledger/protocol'

/** Something is wrong with the server that computes, or on the way to it; the request itself is not to blame. */
export class UpstreamFault extends UnavailableError {
  /** Whether the same request may be sent again when nothing was generated. */
  readonly again: boolean

  constructor(code: string, message: string, { again = false, ...details }: ErrorDetails & { again?: boolean } = {}) {
    super(code, message, { action: 'retry', ...details })
    this.again = again
  }
}

/** The server does not know an adapter that was loaded there: it was restarted, or somebody else unloaded it. Nothing was generated. */
export class AdapterLost extends UpstreamFault {
  constructor(name: string) {
    super('UPSTREAM_ADAPTER_LOST', `the upstream server has lost adapter ${name}`)
  }
}
